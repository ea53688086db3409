#include "hub/telemetry/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::telemetry {
namespace {

absl::Status Failed(const char* call) {
  return Error(absl::StatusCode::kInternal, "HARDENING_FAILED",
               absl::StrCat(call, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<int64_t> HardenProcess() {
  // The hard limit too: a child must not raise it again.
  const rlimit no_core = {0, 0};
  if (setrlimit(RLIMIT_CORE, &no_core) != 0) return Failed("setrlimit(RLIMIT_CORE)");
  // A core pattern that pipes to a program ignores RLIMIT_CORE; this stops it as well.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return Failed("prctl(PR_SET_DUMPABLE)");
  umask(077);
  // Whoever reads what the program says may be gone; that is no reason to end.
  if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) return Failed("signal(SIGPIPE)");

  rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return Failed("getrlimit(RLIMIT_NOFILE)");
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) return Failed("setrlimit(RLIMIT_NOFILE)");
  return static_cast<int64_t>(
      std::min<rlim_t>(files.rlim_cur, std::numeric_limits<int32_t>::max()));
}

}  // namespace switchboard::telemetry

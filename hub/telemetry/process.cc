#include "hub/telemetry/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::telemetry {
namespace {

absl::Status Failed(const char* call) {
  return Error(absl::StatusCode::kInternal, "HARDENING_FAILED",
               absl::StrCat(call, ": ", std::strerror(errno)));
}

// Lines of a file; none if there is none.
std::vector<std::string> LinesOf(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// Of the process's own group and of those that it lies in.
bool GroupForbidsSwap(const std::filesystem::path& root) {
  constexpr std::string_view kVersionTwo = "0::/";
  for (const std::string& line : LinesOf(root / "proc/self/cgroup")) {
    if (!line.starts_with(kVersionTwo)) continue;
    const std::filesystem::path top = root / "sys/fs/cgroup";
    for (auto group = top / line.substr(kVersionTwo.size());; group = group.parent_path()) {
      const auto limit = LinesOf(group / "memory.swap.max");
      if (!limit.empty() && limit.front() == "0") return true;
      if (group == top || !group.has_relative_path()) break;
    }
  }
  return false;
}

}  // namespace

bool MayBeSwapped(const std::string& root) {
  constexpr size_t kHeadings = 1;
  return LinesOf(std::filesystem::path(root) / "proc/swaps").size() > kHeadings &&
         !GroupForbidsSwap(root);
}

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

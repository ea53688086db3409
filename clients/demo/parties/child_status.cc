#include "clients/demo/parties/child_status.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/demo/parties/ledger.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

absl::Status WriteChildStatus(const std::string& path, ChildStatus status) {
  status["pid"] = getpid();
  std::string text;
  for (const auto& [name, value] : status) absl::StrAppend(&text, name, "=", value, "\n");
  return ReplaceFile(path, text);
}

ChildStatus ReadChildStatus(const std::string& path) {
  ChildStatus status;
  const auto text = ReadWholeFile(path);
  if (!text.ok()) return status;
  for (const absl::string_view line : absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> cells =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    int64_t value = 0;
    if (absl::SimpleAtoi(cells.second, &value)) status[std::string(cells.first)] = value;
  }
  return status;
}

int64_t Told(const ChildStatus& status, const char* name) {
  const auto found = status.find(name);
  return found == status.end() ? 0 : found->second;
}

void BlockStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool WaitForStop(int milliseconds) {
  const sigset_t signals = StopSignals();
  const timespec wait = {milliseconds / 1000, (milliseconds % 1000) * 1'000'000L};
  return sigtimedwait(&signals, nullptr, &wait) > 0;
}

absl::Status Pause(int milliseconds) {
  if (!WaitForStop(milliseconds)) return absl::OkStatus();
  return Error(absl::StatusCode::kAborted, "INTERRUPTED", "interrupted");
}

}  // namespace switchboard::demo

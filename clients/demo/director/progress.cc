#include "clients/demo/director/progress.h"

#include <unistd.h>

#include <cstdio>

#include "absl/strings/str_format.h"
#include "clients/demo/parties/monotonic.h"
#include "clients/text_table.h"

namespace switchboard::demo {
namespace {

constexpr int64_t kPlainIntervalNanos = 2'000'000'000;
constexpr size_t kColumns = 100;

}  // namespace

Progress::Progress() : terminal_(isatty(STDERR_FILENO) == 1), start_ns_(MonotonicNanos()) {}

Progress::~Progress() { Clear(); }

double Progress::seconds() const { return static_cast<double>(MonotonicNanos() - start_ns_) / 1e9; }

void Progress::Clear() {
  if (line_shown_) std::fputs("\r\x1b[K", stderr);
  line_shown_ = false;
}

void Progress::Update(std::string_view line) {
  const int64_t now = MonotonicNanos();
  if (!terminal_ && now - updated_ns_ < kPlainIntervalNanos) return;
  updated_ns_ = now;
  const std::string text =
      CutToWidth(absl::StrFormat("%6.1f s  %s", seconds(), line), kColumns - 1);
  if (!terminal_) {
    std::fprintf(stderr, "%s\n", text.c_str());
    return;
  }
  Clear();
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
  line_shown_ = true;
}

void Progress::Note(std::string_view line) {
  Clear();
  std::fprintf(stderr, "%s\n", absl::StrFormat("%6.1f s  %s", seconds(), line).c_str());
}

}  // namespace switchboard::demo

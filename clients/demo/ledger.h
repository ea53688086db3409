#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace switchboard::demo {

// A file that only grows. Each Append is one write(2), so that what was appended survives SIGKILL
// whole; what was synced survives the loss of power too. Thread-safe.
class AppendFile {
 public:
  // Made when it is missing. Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
  static absl::StatusOr<std::unique_ptr<AppendFile>> Open(const std::string& path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  absl::Status Append(std::string_view bytes);
  absl::Status Sync();

 private:
  AppendFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  const std::string path_;
  const int descriptor_;
  std::mutex mutex_;  // keeps a write that took two calls whole
};

// One entry of a ledger: cells joined by tabs, closed by a newline. Cells hold neither.
std::string LedgerLine(const std::vector<absl::string_view>& cells);

// All whole lines of a ledger, split; a last line without its newline was cut by a crash and is
// left out. A file that is missing has no lines. Errors: UNAVAILABLE, FILE_UNREADABLE.
absl::StatusOr<std::vector<std::vector<std::string>>> ReadLedger(const std::string& path);

// The whole content of a file. Errors: UNAVAILABLE, FILE_UNREADABLE.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

// Puts `content` into `path` so that a reader sees the old or the new, never half.
// Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
absl::Status ReplaceFile(const std::string& path, std::string_view content);

}  // namespace switchboard::demo

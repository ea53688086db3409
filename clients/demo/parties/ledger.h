#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message_lite.h"
#include "hub/base/mutex.h"

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
  Mutex mutex_;  // keeps a write that took two calls whole
};

using LedgerCells = std::vector<absl::string_view>;

// One entry of a ledger: cells joined by tabs, closed by a newline. Cells hold neither.
std::string LedgerLine(const LedgerCells& cells);

// A whole message as a cell.
std::string MessageCell(const google::protobuf::MessageLite& message);

// Visits all whole lines of a ledger, split; a last line without its newline was cut by a crash and
// is left out. A file that is missing has no lines. Ends with the first error of `visit`.
// Errors: UNAVAILABLE, FILE_UNREADABLE.
absl::Status ForEachLine(const std::string& path,
                         absl::FunctionRef<absl::Status(const LedgerCells&)> visit);

// The number in a cell; 0 when it holds none.
int64_t NumberIn(absl::string_view cell);

// The message in cell `index`. Errors: DATA_LOSS, LEDGER_BROKEN.
absl::Status ReadMessage(const LedgerCells& cells, size_t index,
                         google::protobuf::MessageLite* message);

// The whole content of a file. Errors: UNAVAILABLE, FILE_UNREADABLE.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

// Puts `content` into `path` so that a reader sees the old or the new, never half.
// Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
absl::Status ReplaceFile(const std::string& path, std::string_view content);

}  // namespace switchboard::demo

#include "clients/demo/parties/ledger.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

absl::Status NotWritten(const std::string& path) {
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN",
               absl::StrCat(path, ": cannot be written"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<AppendFile>> AppendFile::Open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return NotWritten(path);
  return std::unique_ptr<AppendFile>(new AppendFile(path, descriptor));
}

AppendFile::~AppendFile() { close(descriptor_); }

absl::Status AppendFile::Append(std::string_view bytes) {
  MutexLock lock(mutex_);
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return NotWritten(path_);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status AppendFile::Sync() {
  return fdatasync(descriptor_) == 0 ? absl::OkStatus() : NotWritten(path_);
}

std::string LedgerLine(const LedgerCells& cells) {
  return absl::StrCat(absl::StrJoin(cells, "\t"), "\n");
}

std::string MessageCell(const google::protobuf::MessageLite& message) {
  return absl::Base64Escape(message.SerializeAsString());
}

absl::Status ForEachLine(const std::string& path,
                         absl::FunctionRef<absl::Status(const LedgerCells&)> visit) {
  if (!std::filesystem::exists(path)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  absl::string_view rest = text;
  for (size_t end = rest.find('\n'); end != absl::string_view::npos; end = rest.find('\n')) {
    RETURN_IF_ERROR(visit(absl::StrSplit(rest.substr(0, end), '\t')));
    rest.remove_prefix(end + 1);
  }
  return absl::OkStatus();
}

int64_t NumberIn(absl::string_view cell) {
  int64_t value = 0;
  return absl::SimpleAtoi(cell, &value) ? value : 0;
}

absl::Status ReadMessage(const LedgerCells& cells, size_t index,
                         google::protobuf::MessageLite* message) {
  std::string bytes;
  if (index < cells.size() && absl::Base64Unescape(cells[index], &bytes) &&
      message->ParseFromString(bytes)) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kDataLoss, "LEDGER_BROKEN", "a line of a ledger cannot be read");
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) {
    return Error(absl::StatusCode::kUnavailable, "FILE_UNREADABLE",
                 absl::StrCat(path, ": cannot be read"));
  }
  return text;
}

absl::Status ReplaceFile(const std::string& path, std::string_view content) {
  const std::string fresh = path + ".new";
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file) return NotWritten(fresh);
  }
  return std::rename(fresh.c_str(), path.c_str()) == 0 ? absl::OkStatus() : NotWritten(path);
}

}  // namespace switchboard::demo

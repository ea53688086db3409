#include "clients/cli/file_digest.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>
#include <vector>

#include "hub/base/digest.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

constexpr size_t kPieceBytes = 256 * 1024;

absl::Status Unreadable(const std::string& path) {
  return Error(absl::StatusCode::kNotFound, "FILE_MISSING", path + ": " + std::strerror(errno));
}

}  // namespace

absl::StatusOr<FileDigest> DigestOfFile(const std::string& path,
                                        absl::FunctionRef<void(int64_t bytes)> on_read) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Unreadable(path);
  std::vector<char> piece(kPieceBytes);
  FileDigest digest;
  Sha256 sha256;
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto count = static_cast<size_t>(file.gcount());
    sha256.Add({piece.data(), count});
    digest.bytes += static_cast<int64_t>(count);
    on_read(digest.bytes);
  }
  if (!file.eof()) return Unreadable(path);
  digest.sha256 = sha256.Finish();
  return digest;
}

}  // namespace switchboard::cli

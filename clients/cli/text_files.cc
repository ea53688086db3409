#include "clients/cli/text_files.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

constexpr std::uintmax_t kBytesMax = 1024 * 1024;

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) {
    return Error(absl::StatusCode::kNotFound, "FILE_MISSING", path + ": " + error.message());
  }
  if (size > kBytesMax) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE", path + ": at most 1 MiB");
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Error(absl::StatusCode::kNotFound, "FILE_MISSING", path + ": cannot be read");
  return std::move(text).str();
}

absl::Status WriteTextFile(const std::string& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  file.close();
  if (file) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN", path + ": cannot be written");
}

}  // namespace switchboard::cli

#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace switchboard::cli {

// A whole file of at most 1 MiB. Errors: NOT_FOUND, FILE_MISSING; INVALID_ARGUMENT, FILE_TOO_LARGE.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

// Replaces the file. Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
absl::Status WriteTextFile(const std::string& path, std::string_view content);

}  // namespace switchboard::cli

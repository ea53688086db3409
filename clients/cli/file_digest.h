#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace switchboard::cli {

struct FileDigest {
  std::string sha256;  // 32 bytes
  int64_t bytes = 0;   // of the file
};

// The digest of a file of any size, which is read piece by piece. `on_read` is called after each
// piece with the bytes so far, and makes no digest itself (hub/base/digest.h). Errors: NOT_FOUND,
// FILE_MISSING for one that cannot be read, or not to its end.
absl::StatusOr<FileDigest> DigestOfFile(const std::string& path,
                                        absl::FunctionRef<void(int64_t bytes)> on_read);

}  // namespace switchboard::cli

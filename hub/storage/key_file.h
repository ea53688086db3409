#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "hub/base/ids.h"
#include "hub/storage/key_wrapping.h"

namespace switchboard::storage {

// The wrapping key of a file: 32 bytes as 64 hexadecimal digits, with a mode that secret_file.h
// allows; AES-256-GCM (NIST SP 800-38D) under random nonces. With `may_make` the file is made with
// mode 0600 where it is missing. `field` is what the configuration calls it. `ids` outlives it.
// Errors: FAILED_PRECONDITION, KEY_FILE_INVALID or KEY_FILE_MISSING.
absl::StatusOr<std::unique_ptr<KeyWrapping>> OpenKeyFile(const std::string& path, const char* field,
                                                         bool may_make, IdMint& ids);

// What is wrong with a key file that is there; empty if nothing.
std::string KeyFileProblem(const std::string& path);

}  // namespace switchboard::storage

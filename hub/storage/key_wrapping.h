#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "hub/base/secret.h"

namespace switchboard::storage {

// What data keys and the root key are wrapped by: the key of a file (key_file.h) or one that cannot
// leave its token (token_wrapping.h). Thread-safe.
class KeyWrapping {
 public:
  virtual ~KeyWrapping() = default;

  // Says which it is and nothing of the key: "file:9f86d081884c", "pkcs11:hub-2026".
  virtual const std::string& id() const = 0;

  // `place` names where what is wrapped will lie; it must be the same for Unwrap. Errors:
  // UNAVAILABLE, KEY_STORE_AWAY.
  virtual absl::StatusOr<std::string> Wrap(std::string_view place, const Secret& key) = 0;
  // Errors: FAILED_PRECONDITION, KEY_FILE_WRONG or TOKEN_INVALID where this is not what it was
  // wrapped by, or it was altered or moved; UNAVAILABLE, KEY_STORE_AWAY.
  virtual absl::StatusOr<Secret> Unwrap(std::string_view place, std::string_view wrapped) = 0;
};

}  // namespace switchboard::storage

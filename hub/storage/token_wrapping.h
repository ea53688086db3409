#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "hub/storage/key_wrapping.h"

namespace switchboard::storage {

// How the ids of keys on a token begin; their labels follow.
inline constexpr std::string_view kTokenKeyPrefix = "pkcs11:";

// As Config.Storage.Token has it.
struct TokenOptions {
  std::string module;
  std::string token_label;
  std::string key_label;
  std::string pin_file;
};

// A PKCS #11 token (OASIS, PKCS #11 Cryptographic Token Interface, version 2.40): one session in
// which its user is logged in, opened anew when the token was away meanwhile; KEY_STORE_AWAY where
// that fails, for whatever reason. Thread-safe; a call at a time.
class TokenStore {
 public:
  // Loads the module, finds the token and logs in. A PIN that was refused once is not tried again,
  // nor any that would be the last try before the token locks itself. Errors: FAILED_PRECONDITION,
  // TOKEN_INVALID: the module cannot be loaded, two tokens have this label, it is locked or about
  // to be, or the PIN, its file or the mode of that is wrong; UNAVAILABLE, KEY_STORE_AWAY: no token
  // of this label is there, or it does not answer.
  static absl::StatusOr<std::unique_ptr<TokenStore>> Open(const TokenOptions& options);
  ~TokenStore();

  // The wrapping key of this label, which this outlives: AES-256-GCM (NIST SP 800-38D), done by the
  // token under nonces of its own. With `may_make` it is made where there is none. Errors:
  // FAILED_PRECONDITION, TOKEN_INVALID: there is none or more than one, or it can leave the token,
  // or is no AES key of 256 bits that encrypts and decrypts; UNAVAILABLE, KEY_STORE_AWAY.
  absl::StatusOr<std::unique_ptr<KeyWrapping>> Key(std::string_view label, bool may_make);
  // Whether there is such a key; the same errors, but for its absence.
  absl::StatusOr<bool> Has(std::string_view label);

 private:
  class Session;
  class TokenKey;
  explicit TokenStore(std::unique_ptr<Session> session);

  const std::unique_ptr<Session> session_;
};

// What Open would find wrong, and Key with what is there; that the key is missing is nothing wrong,
// for a start may make it.
absl::Status CheckToken(const TokenOptions& options);

}  // namespace switchboard::storage

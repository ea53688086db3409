#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/base/ids.h"
#include "hub/base/mutex.h"
#include "hub/storage/database.h"
#include "hub/storage/key_wrapping.h"
#include "hub/storage/token_wrapping.h"

namespace switchboard::storage {

// What a hub wraps keys by, as Config.Storage has it: a key file or a token, and the key file that
// was before.
struct WrappingOptions {
  std::string key_file;
  std::optional<TokenOptions> token;
  std::string former_key_file;
};

// The wrapping key that this hub wraps by, and all that it opens, by their ids. Thread-safe.
class Wrappings {
 public:
  // Opens what `options` names; makes a key file, or a token's key, where it is missing and the
  // database has no keys yet. `ids` outlives this. Errors: FAILED_PRECONDITION, KEY_FILE_INVALID or
  // KEY_FILE_MISSING; FAILED_PRECONDITION, TOKEN_INVALID; UNAVAILABLE, KEY_STORE_AWAY.
  static absl::StatusOr<std::unique_ptr<Wrappings>> Open(const WrappingOptions& options,
                                                         Connection& connection, IdMint& ids);

  // What the configuration has this hub wrap by.
  KeyWrapping& own() { return *own_; }
  // The ids of what it has, its own first: the text of hub.opens.
  std::string Opens() const;

  // As of KeyWrapping, by the wrapping key of this id. Errors: its own; FAILED_PRECONDITION,
  // KEY_FILE_WRONG or TOKEN_INVALID where this hub does not have it.
  absl::StatusOr<std::string> Wrap(std::string_view id, std::string_view place, const Secret& key);
  absl::StatusOr<Secret> Unwrap(std::string_view id, std::string_view place,
                                std::string_view wrapped);

 private:
  Wrappings() = default;

  absl::StatusOr<KeyWrapping*> Find(std::string_view id);

  std::unique_ptr<TokenStore> token_;  // before the keys that lie on it
  std::unique_ptr<KeyWrapping> own_;
  std::unique_ptr<KeyWrapping> former_;
  Mutex mutex_;
  std::vector<std::unique_ptr<KeyWrapping>> found_
      SWITCHBOARD_GUARDED_BY(mutex_);  // others on the token, as they are met
};

}  // namespace switchboard::storage

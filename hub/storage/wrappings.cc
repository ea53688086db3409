#include "hub/storage/wrappings.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/storage/data_keys.h"
#include "hub/storage/key_file.h"

namespace switchboard::storage {

absl::StatusOr<std::unique_ptr<Wrappings>> Wrappings::Open(const WrappingOptions& options,
                                                           Connection& connection, IdMint& ids) {
  ASSIGN_OR_RETURN(const bool has_keys, HasDataKeys(connection));
  std::unique_ptr<Wrappings> wrappings(new Wrappings);
  if (options.token.has_value()) {
    ASSIGN_OR_RETURN(wrappings->token_, TokenStore::Open(*options.token));
    ASSIGN_OR_RETURN(wrappings->own_, wrappings->token_->Key(options.token->key_label, !has_keys));
  } else {
    ASSIGN_OR_RETURN(wrappings->own_,
                     OpenKeyFile(options.key_file, "storage.key_file", !has_keys, ids));
  }
  if (!options.former_key_file.empty()) {
    ASSIGN_OR_RETURN(wrappings->former_,
                     OpenKeyFile(options.former_key_file, "storage.former_key_file", false, ids));
  }
  return wrappings;
}

std::string Wrappings::Opens() const {
  return former_ == nullptr ? own_->id() : absl::StrCat(own_->id(), " ", former_->id());
}

absl::StatusOr<KeyWrapping*> Wrappings::Find(std::string_view id) {
  for (KeyWrapping* known : {own_.get(), former_.get()}) {
    if (known != nullptr && known->id() == id) return known;
  }
  const std::string name(id);
  if (!id.starts_with(kTokenKeyPrefix)) {
    return Error(absl::StatusCode::kFailedPrecondition, "KEY_FILE_WRONG",
                 absl::StrCat("the database's keys are wrapped by ", name,
                              ", which neither storage.key_file nor storage.former_key_file is; "
                              "put back the key file that belongs to it"));
  }
  if (token_ == nullptr) {
    return Error(absl::StatusCode::kFailedPrecondition, "TOKEN_INVALID",
                 absl::StrCat("the database's keys are wrapped by ", name,
                              ", and storage.token is not set; name the token that has it"));
  }
  MutexLock lock(mutex_);
  for (const auto& known : found_) {
    if (known->id() == id) return known.get();
  }
  ASSIGN_OR_RETURN(auto key, token_->Key(id.substr(kTokenKeyPrefix.size()), false));
  found_.push_back(std::move(key));
  return found_.back().get();
}

absl::StatusOr<std::string> Wrappings::Wrap(std::string_view id, std::string_view place,
                                            const Secret& key) {
  ASSIGN_OR_RETURN(KeyWrapping* const by, Find(id));
  return by->Wrap(place, key);
}

absl::StatusOr<Secret> Wrappings::Unwrap(std::string_view id, std::string_view place,
                                         std::string_view wrapped) {
  ASSIGN_OR_RETURN(KeyWrapping* const by, Find(id));
  return by->Unwrap(place, wrapped);
}

}  // namespace switchboard::storage

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hub/storage/database.h"

// Whose accounts were before; see NoteFormerOwner in contact_book.h.

namespace switchboard::contacts {

// Accounts, each with a person who had it before.
using FormerOwned = std::vector<std::pair<std::string, std::string>>;

// Everybody who had one of these before, in one journey.
absl::StatusOr<FormerOwned> FormerOwnersOf(storage::Connection& connection,
                                           const std::vector<std::string>& account_ids);
// All accounts that one of these persons had before.
absl::StatusOr<FormerOwned> FormerAccountsOf(storage::Connection& connection,
                                             const std::vector<std::string>& person_ids);

}  // namespace switchboard::contacts

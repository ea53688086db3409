#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hub/storage/transaction.h"

namespace switchboard::book {

// Accounts with who has them now, in one journey. Those that the book does not know are left out.
using Owned = std::vector<std::pair<std::string, std::string>>;
absl::StatusOr<Owned> OwnersOf(storage::Connection& connection,
                               const std::vector<std::string>& account_ids);
// Likewise, of all accounts that these persons have now.
absl::StatusOr<Owned> AccountsOf(storage::Connection& connection,
                                 const std::vector<std::string>& person_ids);

// Holds the persons who have these accounts now, and returns them. Accounts that the book does not
// know have none.
absl::StatusOr<std::set<std::string>> HoldOwners(storage::Transaction& transaction,
                                                 const std::vector<std::string>& account_ids);

}  // namespace switchboard::book

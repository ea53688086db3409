#pragma once

#include <set>
#include <string>
#include <vector>

#include "hub/storage/transaction.h"

namespace switchboard::book {

// Holds the persons who have these accounts now, and returns them. Accounts that the book does not
// know have none.
absl::StatusOr<std::set<std::string>> HoldOwners(storage::Transaction& transaction,
                                                 const std::vector<std::string>& account_ids);

}  // namespace switchboard::book

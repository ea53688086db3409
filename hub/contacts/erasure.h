#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/storage/transaction.h"

namespace switchboard::contacts {

// Whether contacts began at `until_us` or before.
absl::StatusOr<bool> AnyOldContacts(storage::Connection& connection, int64_t until_us);

// Erases about `limit` of them, the oldest first; how many. Nobody need be held: no rule looks back
// that far.
absl::StatusOr<int64_t> EraseContacts(storage::Transaction& transaction, int64_t until_us,
                                      int limit);

// Forgets whose these accounts were before. Not sooner: a former owner is erased before the
// contacts of that time are.
absl::Status ForgetAccounts(storage::Transaction& transaction,
                            const std::vector<std::string>& account_ids);

}  // namespace switchboard::contacts

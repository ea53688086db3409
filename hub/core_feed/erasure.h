#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/storage/transaction.h"

// Erases what retention says of the table core_item. Nothing goes before every reader that ever
// confirmed anything has confirmed it (I2).

namespace switchboard::core_feed {

// Up to where every reader that ever confirmed anything and was not retired has; 0 while there is
// none: then everything waits, since nobody has read it. reports::ReadersWaitedFor names who is
// waited for.
absl::StatusOr<int64_t> ConfirmedByAll(storage::Connection& connection);

// Erases the items of these sequences. REQUIRES: every reader has confirmed them.
absl::Status EraseItems(storage::Transaction& transaction, const std::vector<int64_t>& sequences);

// Of each of these assignments, whether an item that it takes along waits for a reader.
absl::StatusOr<std::vector<bool>> ItemsWait(storage::Connection& connection,
                                            const std::vector<std::string>& assignment_ids);
// The same of a reader that has confirmed up to `confirmed`.
absl::StatusOr<std::vector<bool>> ItemsWait(storage::Connection& connection,
                                            const std::vector<std::string>& assignment_ids,
                                            int64_t confirmed);
// Erases the items that these assignments take along. REQUIRES: none waits for a reader.
absl::Status EraseItemsOf(storage::Transaction& transaction,
                          const std::vector<std::string>& assignment_ids);

// Highest sequence that was erased, 0 while none was.
absl::StatusOr<int64_t> ErasedThrough(storage::Connection& connection);

}  // namespace switchboard::core_feed

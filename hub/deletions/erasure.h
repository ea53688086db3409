#pragma once

#include <cstdint>
#include <vector>

#include "hub/assignments/erasure.h"
#include "hub/storage/transaction.h"

// Erases what retention says of the tables deletion_order, deletion_item and passed_on. Work may be
// erased once its order to delete is closed: until then the order must be able to name it.

namespace switchboard::deletions {

// Of each whether it stands in an order that was confirmed or waived, or needs none (head
// office's).
absl::StatusOr<std::vector<bool>> AllClosed(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments);

// Erases what these have in orders, and to whom they were passed on; how many rows. The orders
// stay, as proof of what was confirmed.
absl::StatusOr<int64_t> EraseItems(storage::Transaction& transaction,
                                   const std::vector<assignments::EndedAssignment>& erased);

// Whether there are closed orders that were due no later than `until_us` and of which nothing is
// left.
absl::StatusOr<bool> AnyOldOrders(storage::Connection& connection, int64_t until_us);
// Erases those, at most `limit`; how many.
absl::StatusOr<int64_t> EraseOrders(storage::Transaction& transaction, int64_t until_us, int limit);

}  // namespace switchboard::deletions

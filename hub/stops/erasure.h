#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/assignments/erasure.h"
#include "hub/storage/transaction.h"

// Erases what retention says of the tables permit, stop and core_event. A stop in force is never
// erased, nor the event that placed it.

namespace switchboard::stops {

// Erases all permits of these assignments; how many of each.
absl::StatusOr<std::vector<int64_t>> ErasePermits(
    storage::Transaction& transaction, const std::vector<assignments::EndedAssignment>& assignments);

// The account leaves the book: a payment says nothing about what it owes when it comes back.
absl::Status SettlePayments(storage::Transaction& transaction, std::string_view account_id);

// One page of a table in the order of its ids.
struct OldPage {
  std::vector<std::string> old_ids;  // what may be erased
  std::string last_id;               // go on from here; empty at the end
  int rows = 0;                      // looked at
};
// Stops that were lifted no later than `until_us`, among the `limit` that follow `after`.
absl::StatusOr<OldPage> OldStops(storage::Connection& connection, std::string_view after,
                                 int64_t until_us, int limit);
absl::StatusOr<int64_t> EraseStops(storage::Transaction& transaction,
                                   const std::vector<std::string>& stop_ids, int64_t until_us);
// Events taken no later than `until_us` of which no stop is left.
absl::StatusOr<OldPage> OldEvents(storage::Connection& connection, std::string_view after,
                                  int64_t until_us, int limit);
absl::StatusOr<int64_t> EraseEvents(storage::Transaction& transaction,
                                    const std::vector<std::string>& event_ids, int64_t until_us);

}  // namespace switchboard::stops

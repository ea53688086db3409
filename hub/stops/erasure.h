#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/stops/stops.h"
#include "hub/storage/transaction.h"

// Erases what retention says of the table stop. A stop in force is never erased.

namespace switchboard::stops {

// One page of stops in the order of their ids.
struct OldStopsPage {
  std::vector<std::string> old_ids;  // what may be erased
  std::string last_id;               // go on from here; empty at the end
  int rows = 0;                      // looked at
};
// Stops that were lifted, or ended by themselves, no later than `until_us`, among the `limit` that
// follow `after`.
absl::StatusOr<OldStopsPage> OldStops(storage::Connection& connection, std::string_view after,
                                      int64_t until_us, int limit);
// A stop, and one thing that it lies on, in force or not.
struct StopLying {
  std::string stop_id;
  StopSubject subject;
};
// All that these lie on.
absl::StatusOr<std::vector<StopLying>> SubjectsOf(storage::Connection& connection,
                                                  const std::vector<std::string>& stop_ids);

absl::StatusOr<int64_t> EraseStops(storage::Transaction& transaction,
                                   const std::vector<std::string>& stop_ids, int64_t until_us);

}  // namespace switchboard::stops

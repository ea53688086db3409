#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"

// Erases what retention says of the table core_event. The event that placed a stop stays as long as
// the stop.

namespace switchboard::ingest {

// One page of events in the order of their ids.
struct OldEventsPage {
  std::vector<std::string> old_ids;  // what may be erased
  std::string last_id;               // go on from here; empty at the end
  int rows = 0;                      // looked at
};
// Events taken no later than `until_us` of which no stop is left.
absl::StatusOr<OldEventsPage> OldEvents(storage::Connection& connection, std::string_view after,
                                        int64_t until_us, int limit);
absl::StatusOr<int64_t> EraseEvents(storage::Transaction& transaction,
                                    const std::vector<std::string>& event_ids, int64_t until_us);

}  // namespace switchboard::ingest

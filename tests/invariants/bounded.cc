#include "absl/strings/str_cat.h"
#include "tests/invariants/invariants.h"

// The validator of I11.

namespace switchboard::invariants {

Violations Bounded(const Ledger& ledger) {
  Violations violations;
  for (const StreamLoad& stream : ledger.streams) {
    if (stream.in_flight_max > stream.window) {
      violations.push_back(absl::StrCat("vendor ", stream.vendor_id, " was sent ",
                                        stream.in_flight_max,
                                        " changes beyond its ack in a window of ", stream.window));
    }
  }
  if (ledger.queue_limit > 0 && ledger.queue_length_max > ledger.queue_limit) {
    violations.push_back(
        absl::StrCat("the write queue held ", ledger.queue_length_max, " of ", ledger.queue_limit));
  }
  return violations;
}

}  // namespace switchboard::invariants

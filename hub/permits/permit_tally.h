#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/permit.pb.h"

// What came of asking for permits, by vendor, day (UTC) and rule: for reports. Owns the table
// permit_tally, of which each lane has rows of its own.

namespace switchboard::permits {

struct PermitCounts {
  int64_t given = 0;
  int64_t denied = 0;
  int64_t warned = 0;
  int64_t voided = 0;
  int64_t voided_by_stops = 0;  // of these
  int64_t foreign_subs = 0;     // see CountForeignSub
};

// Counts an answer, under the vendor and under each rule that refused or warned.
void CountGiven(storage::Transaction& transaction, std::string_view vendor_id,
                const v1::Permit& permit);
void CountDenial(storage::Transaction& transaction, std::string_view vendor_id,
                 const v1::Denial& denial);
void CountVoided(storage::Transaction& transaction, std::string_view vendor_id, bool by_stop);
// Something was asked for, or reported of, a sub-contractor that is not registered for the work or
// was not given it; a denial that says so counts itself.
void CountForeignSub(storage::Transaction& transaction, std::string_view vendor_id);

// Of one vendor and rule; an empty rule: of the vendor in all.
struct TallyLine {
  std::string vendor_id;
  std::string rule_id;
  PermitCounts counts;
};
// Of these days, both included, by vendor and rule. `vendor_id`: empty for all.
absl::StatusOr<std::vector<TallyLine>> ReadTally(storage::Connection& reader,
                                                 std::string_view vendor_id, absl::CivilDay from,
                                                 absl::CivilDay through);

// Erases what is older than `first_kept`.
absl::Status EraseTally(storage::Transaction& transaction, absl::CivilDay first_kept);

}  // namespace switchboard::permits

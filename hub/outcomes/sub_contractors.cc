#include "hub/outcomes/sub_contractors.h"

#include <algorithm>

#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/contracts/sub_contractors.h"
#include "hub/deletions/passed_on.h"
#include "hub/permits/permit_tally.h"

namespace switchboard::outcomes {

absl::StatusOr<bool> TakeSubContractor(storage::Transaction& transaction,
                                       const v1::Outcome& outcome, const OutcomeFacts& facts) {
  const std::string& id = outcome.sub_contractor_id();
  if (id.empty() || (facts.permit != nullptr && facts.permit->sub_contractor == id)) return false;
  const absl::Time start = TimeOf(outcome.start_time());
  const absl::CivilDay day = absl::ToCivilDay(start, absl::UTCTimeZone());
  const assignments::Assignment& assignment = facts.assignment;
  bool known = facts.contract != nullptr &&
               contracts::IsRegisteredFor(*facts.contract, id, assignment.work_type, day);
  if (known) {
    ASSIGN_OR_RETURN(const auto passed_on,
                     deletions::FindPassedOn(transaction.connection(), {assignment.assignment_id}));
    known = std::any_of(passed_on.begin(), passed_on.end(), [&](const auto& one) {
      return one.sub_contractor_id == id &&
             absl::FromUnixMicros(one.pass_time_us) <= start + kClockSkewMax;
    });
  }
  if (!known) permits::CountForeignSub(transaction, assignment.vendor_id);
  return !known;
}

}  // namespace switchboard::outcomes

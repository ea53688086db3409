#include <map>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/hand_overs.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/sent_records.h"

// The validator of I3.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;
using Placement = v1::ListPlacementsResponse::Placement;

int64_t PlaceTime(const Placement& placement) {
  return TimeUtil::TimestampToMicroseconds(placement.place_time());
}

int64_t EndTime(const Placement& placement) {
  return placement.has_withdraw_time()
             ? TimeUtil::TimestampToMicroseconds(placement.withdraw_time())
             : INT64_MAX;
}

// A group that an account was taken from may get it again once nobody remembers, or once it was
// current, by what the core said or by how young the debt is: then it is another debt. Work that is
// handed over goes to whom somebody chose, and may go back.
void CheckGroups(const std::string& account_id, const std::vector<const Placement*>& placements,
                 const Ledger& ledger, const SentRecords& records, const Erasures& erasures,
                 const std::unordered_set<std::string>& handed_over, Violations& violations) {
  // Until when the account was last there, by person and group.
  std::map<std::pair<std::string, std::string>, int64_t> groups;
  for (const Placement* placement : placements) {
    const auto group = ledger.vendor_groups.find(placement->vendor_id());
    if (group == ledger.vendor_groups.end()) continue;
    if (erasures.assignments.contains(placement->assignment_id())) continue;
    const auto [before, first] =
        groups.try_emplace({placement->person_id(), group->second}, EndTime(*placement));
    const int64_t until = std::exchange(before->second, EndTime(*placement));
    if (first || records.WasCurrent(account_id) || records.BeganAfter(account_id, until)) continue;
    if (handed_over.contains(placement->assignment_id())) continue;
    violations.push_back(
        absl::StrCat("account ", account_id, " came twice to group ", group->second));
  }
}

void CheckHands(const std::string& account_id, const std::vector<const Placement*>& placements,
                Violations& violations) {
  for (size_t i = 0; i < placements.size(); ++i) {
    const Placement& one = *placements[i];
    for (size_t j = i + 1; j < placements.size(); ++j) {
      const Placement& other = *placements[j];
      if (PlaceTime(one) < EndTime(other) && PlaceTime(other) < EndTime(one)) {
        violations.push_back(absl::StrCat("account ", account_id, " is in two hands: ",
                                          one.assignment_id(), " and ", other.assignment_id()));
      }
    }
  }
}

}  // namespace

Violations OneHand(const Ledger& ledger) {
  const Erasures erasures = FindErasures(ledger);
  const SentRecords records(ledger);
  std::map<std::pair<std::string, int>, std::vector<const Placement*>> by_work;
  for (const auto& [id, placement] : erasures.assignments) {
    by_work[{placement.account_id(), placement.work_type()}].push_back(&placement);
  }
  for (const Placement& placement : ledger.placements) {
    by_work[{placement.account_id(), placement.work_type()}].push_back(&placement);
  }
  const std::unordered_set<std::string> handed_over = BegunByHandOver(ledger);
  Violations violations;
  for (const auto& [work, placements] : by_work) {
    CheckHands(work.first, placements, violations);
    CheckGroups(work.first, placements, ledger, records, erasures, handed_over, violations);
  }
  CheckHandOvers(ledger, violations);
  return violations;
}

}  // namespace switchboard::invariants

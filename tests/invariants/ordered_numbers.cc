#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/sent_records.h"

// What I12 asks of the numbers that permits carry.

namespace switchboard::invariants {
namespace {

// The record gives the contact point this number, and does not call it bad.
bool Gives(const SentRecord& record, const ReceivedPermit& permit) {
  const auto& points = record.content.person().contact_points();
  return std::any_of(points.begin(), points.end(), [&](const v1::ContactPoint& point) {
    return point.contact_point_id() == permit.contact_point_id &&
           (point.has_phone() ? point.phone() : point.email()) == permit.number &&
           point.state() != v1::ContactPoint::STATE_BAD;
  });
}

}  // namespace

Violations OrderedByNumbers(const Ledger& ledger) {
  Violations violations;
  const SentRecords records(ledger);
  if (records.empty()) return violations;
  const PlacementIndex placements(ledger);
  const auto forgotten = PersonsToForget(ledger);
  for (const ReceivedPermit& permit : ledger.permits) {
    const auto* placement = placements.Find(permit.assignment_id);
    if (permit.number.empty() || placement == nullptr) continue;
    if (forgotten.contains(placement->person_id())) continue;
    const SentRecords::Records known =
        records.KnownOf(placement->person_id(), permit.asked_at, permit.received_at);
    if (known.empty() || std::any_of(known.begin(), known.end(), [&](const SentRecord* record) {
          return Gives(*record, permit);
        }))
      continue;
    violations.push_back(absl::StrCat("permit ", permit.permit_id, " carries a number that ",
                                      permit.contact_point_id, " of ", placement->person_id(),
                                      " had no more"));
  }
  return violations;
}

}  // namespace switchboard::invariants

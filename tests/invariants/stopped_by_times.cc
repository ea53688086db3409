#include <algorithm>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/sent_records.h"
#include "tests/invariants/stop_subjects.h"

// The validator of I5, by what the parties saw of each other's time.

namespace switchboard::invariants {
namespace {

std::string SubjectOf(const AcknowledgedStop& stop) {
  if (!stop.account_id.empty()) return OfAccount(stop.account_id);
  if (!stop.vendor_id.empty()) return OfVendor(stop.vendor_id);
  return stop.work_type != 0 ? OfWork(stop.work_type) : OfPerson(stop.person_id);
}

class StopsByTimes {
 public:
  explicit StopsByTimes(const Ledger& ledger) : records_(ledger) {
    for (const AcknowledgedStop& stop : ledger.stops) {
      by_subject_.emplace(SubjectOf(stop), &stop);
      if (!stop.number.empty()) by_subject_.emplace(OfNumber(stop.number), &stop);
    }
  }

  // Those behind which the permit was asked for, and given, on this subject.
  template <typename Found>
  void ForEachAgainst(const ReceivedPermit& permit, const std::string& subject, Found found) const {
    const auto [begin, end] = by_subject_.equal_range(subject);
    for (auto one = begin; one != end; ++one) {
      const AcknowledgedStop& stop = *one->second;
      const bool about = stop.contact_point_id.empty() ||
                         stop.contact_point_id == permit.contact_point_id ||
                         subject == OfNumber(stop.number);
      if (!about || permit.asked_at < stop.acknowledged_at) continue;
      // No vendor of the simulation asks for a number at work.
      if (stop.at_work_only || (stop.channel != 0 && stop.channel != permit.channel)) continue;
      if (permit.received_us >= stop.end_us) continue;
      // A lift sent while the request was under way may have reached the hub before it.
      if (std::max(permit.asked_at, permit.received_at) >= LiftSentAt(stop)) continue;
      found(stop);
    }
  }

 private:
  int64_t LiftSentAt(const AcknowledgedStop& stop) const {
    if (stop.payment()) return records_.FirstSentLaterThan(stop.account_id, stop.settled_until_us);
    return stop.until_good ? std::min(stop.lift_sent_at,
                                      records_.FirstSentAsGood(stop.number, stop.acknowledged_at))
                           : stop.lift_sent_at;
  }

  const SentRecords records_;
  std::unordered_multimap<std::string, const AcknowledgedStop*> by_subject_;
};

}  // namespace

Violations StoppedByTimes(const Ledger& ledger) {
  Violations violations;
  const PlacementIndex placements(ledger);
  const StopsByTimes stops(ledger);
  for (const ReceivedPermit& permit : ledger.permits) {
    const auto* placement = placements.Find(permit.assignment_id);
    if (placement == nullptr) continue;
    std::vector<std::string> subjects = {
        OfPerson(placement->person_id()), OfAccount(placement->account_id()),
        OfVendor(permit.vendor_id), OfWork(placement->work_type())};
    if (!permit.number.empty()) subjects.push_back(OfNumber(permit.number));
    for (const std::string& subject : subjects) {
      stops.ForEachAgainst(permit, subject, [&](const AcknowledgedStop& stop) {
        violations.push_back(absl::StrCat("permit ", permit.permit_id,
                                          " was asked for and given after stop ", stop.event_id,
                                          " had been acknowledged"));
      });
    }
  }
  return violations;
}

Violations Stopped(const Ledger& ledger) {
  Violations violations = StoppedByLog(ledger);
  for (std::string& violation : StoppedByTimes(ledger)) violations.push_back(std::move(violation));
  return violations;
}

}  // namespace switchboard::invariants

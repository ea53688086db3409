#include <algorithm>
#include <optional>
#include <unordered_map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/invariants_log.h"

// The validator of I5.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

// What a stop may lie on, as one key.
std::string OfPerson(const std::string& person_id) { return "p " + person_id; }
std::string OfAccount(const std::string& account_id) { return "a " + account_id; }
std::string OfVendor(const std::string& vendor_id) { return "v " + vendor_id; }
std::string OfWork(const std::string& work_type) { return "w " + work_type; }

// Stops in force while the log is read, by subject: a day's log holds thousands of stops and
// hundreds of thousands of permits.
class StopsInForce {
 public:
  explicit StopsInForce(const Ledger& ledger) {
    for (const auto& placement : ledger.placements) {
      work_types_[placement.assignment_id()] = v1::WorkType_Name(placement.work_type());
    }
    for (const auto& [id, placement] : FindErasures(ledger).assignments)
      work_types_.emplace(id, v1::WorkType_Name(placement.work_type()));
  }

  void Take(const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() == v1::AuditEvent::KIND_PLACED) {
      // What was due before a payment is settled once the account is placed for what is due now.
      Lift(OfAccount(event.account_id()), [](const Stop& stop) { return stop.payment; });
    }
    if (event.kind() != v1::AuditEvent::KIND_EVENT) return;
    absl::string_view lifted = event.detail();
    if (!absl::ConsumePrefix(&lifted, "lift ")) return Place(logged);
    const std::string id(lifted);
    for (const std::string& subject : subjects_[id]) {
      Lift(subject, [&](const Stop& stop) { return stop.id == id; });
    }
  }

  // The id of a stop that forbids the contact. Left out are stops that an outcome placed in commit
  // `before` or later, and stops placed at `expire_time_us` or later.
  std::optional<std::string> Against(const v1::AuditEvent& permit, int64_t before,
                                     int64_t expire_time_us) const {
    const std::string contact_point = DetailOf(permit, "contact_point");
    const auto forbids = [&](const Stop& stop) {
      if (stop.of_outcome && stop.entry >= before) return false;
      if (stop.time_us >= expire_time_us) return false;
      return stop.contact_point_id.empty() || stop.contact_point_id == contact_point;
    };
    const auto work_type = work_types_.find(permit.assignment_id());
    for (const std::string& subject :
         {OfPerson(permit.person_id()), OfAccount(permit.account_id()),
          OfVendor(permit.vendor_id()),
          OfWork(work_type == work_types_.end() ? "" : work_type->second)}) {
      if (auto stop = Find(subject, forbids)) return stop;
    }
    return std::nullopt;
  }

  // The id of a stop behind which nothing of this account or person may be live. Vendors and work
  // types are stopped without being withdrawn.
  std::optional<std::string> AgainstHolding(
      const v1::ListPlacementsResponse::Placement& placement) const {
    const auto whole = [](const Stop& stop) { return stop.contact_point_id.empty(); };
    auto stop = Find(OfPerson(placement.person_id()), whole);
    return stop.has_value() ? stop : Find(OfAccount(placement.account_id()), whole);
  }

 private:
  struct Stop {
    std::string id;
    int64_t entry = 0;
    int64_t time_us = 0;
    bool payment = false;
    bool of_outcome = false;
    std::string contact_point_id;
  };

  void Place(const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    Stop stop;
    stop.id = event.subject_id();
    stop.entry = logged.entry;
    stop.time_us = TimeUtil::TimestampToMicroseconds(event.time());
    stop.payment = event.detail() == "payment";
    stop.of_outcome = absl::StartsWith(event.subject_id(), "outcome:");
    if (absl::StartsWith(event.actor(), "operator/")) {
      stop.id = event.detail().substr(event.detail().find(' ') + 1);
      return Put(event.vendor_id().empty() ? OfWork(stop.id) : OfVendor(event.vendor_id()), stop);
    }
    stop.contact_point_id = DetailOf(event, "contact_point");
    // Without the contact point's id the stop cannot be judged.
    if (absl::StartsWith(event.detail(), "contact_point_stop") && stop.contact_point_id.empty()) {
      return;
    }
    if (!event.person_id().empty()) Put(OfPerson(event.person_id()), stop);
    if (!event.account_id().empty()) Put(OfAccount(event.account_id()), stop);
  }

  void Put(const std::string& subject, const Stop& stop) {
    by_subject_[subject].push_back(stop);
    subjects_[stop.id].push_back(subject);
  }

  template <typename Predicate>
  void Lift(const std::string& subject, Predicate ends) {
    const auto stops = by_subject_.find(subject);
    if (stops != by_subject_.end()) std::erase_if(stops->second, ends);
  }

  template <typename Predicate>
  std::optional<std::string> Find(const std::string& subject, Predicate fits) const {
    const auto stops = by_subject_.find(subject);
    if (stops == by_subject_.end()) return std::nullopt;
    const auto stop = std::find_if(stops->second.begin(), stops->second.end(), fits);
    return stop == stops->second.end() ? std::nullopt : std::optional(stop->id);
  }

  std::unordered_map<std::string, std::string> work_types_;  // by assignment
  std::unordered_map<std::string, std::vector<Stop>> by_subject_;
  std::unordered_map<std::string, std::vector<std::string>> subjects_;  // by id of the stop
};

}  // namespace

Violations StoppedByLog(const Ledger& ledger) {
  Violations violations;
  StopsInForce stops(ledger);
  const OutcomesBySequence outcomes = IndexOutcomes(ledger);
  std::unordered_map<std::string, v1::AuditEvent> given;
  ForEachEvent(ledger, [&](Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    stops.Take(logged);
    if (event.kind() == v1::AuditEvent::KIND_PERMIT_GIVEN) {
      if (auto stop = stops.Against(event, INT64_MAX, INT64_MAX)) {
        violations.push_back(
            absl::StrCat("permit ", event.subject_id(), " was given behind stop ", *stop));
      }
      const std::string permit_id = event.subject_id();
      given[permit_id] = std::move(logged.event);
      return;
    }
    if (event.kind() != v1::AuditEvent::KIND_OUTCOME) return;
    const auto outcome = outcomes.find(event.count());
    if (outcome == outcomes.end()) return;
    const auto permit = given.find(PermitUsed(*outcome->second));
    if (permit == given.end()) return;
    // An outcome may itself be what places a stop, in its own commit and ahead of its own event. A
    // permit whose time was up when the stop came was used in its time; the outcome only arrived
    // late.
    const auto lifetime = ledger.permit_lifetimes_us.find(event.vendor_id());
    const int64_t expire_time_us =
        lifetime == ledger.permit_lifetimes_us.end()
            ? INT64_MAX
            : TimeUtil::TimestampToMicroseconds(permit->second.time()) + lifetime->second;
    if (auto stop = stops.Against(permit->second, logged.entry, expire_time_us)) {
      violations.push_back(absl::StrCat("permit ", permit->first, " was honoured behind stop ",
                                        *stop, " in outcome ", event.subject_id()));
    }
  });
  for (const auto& placement : ledger.placements) {
    if (placement.has_withdraw_time()) continue;
    if (auto stop = stops.AgainstHolding(placement)) {
      violations.push_back(
          absl::StrCat("assignment ", placement.assignment_id(), " is live behind stop ", *stop));
    }
  }
  return violations;
}

Violations StoppedByTimes(const Ledger& ledger) {
  Violations violations;
  std::unordered_map<std::string, const v1::ListPlacementsResponse::Placement*> placements;
  for (const auto& placement : ledger.placements) {
    placements[placement.assignment_id()] = &placement;
  }
  const Erasures erasures = FindErasures(ledger);
  for (const auto& [id, placement] : erasures.assignments) placements.emplace(id, &placement);
  std::unordered_multimap<std::string, const AcknowledgedStop*> by_subject;
  for (const AcknowledgedStop& stop : ledger.stops) {
    by_subject.emplace(
        stop.account_id.empty() ? OfPerson(stop.person_id) : OfAccount(stop.account_id), &stop);
  }
  for (const ReceivedPermit& permit : ledger.permits) {
    const auto placement = placements.find(permit.assignment_id);
    if (placement == placements.end()) continue;
    for (const std::string& subject :
         {OfPerson(placement->second->person_id()), OfAccount(placement->second->account_id())}) {
      const auto [begin, end] = by_subject.equal_range(subject);
      for (auto found = begin; found != end; ++found) {
        const AcknowledgedStop& stop = *found->second;
        const bool about =
            stop.contact_point_id.empty() || stop.contact_point_id == permit.contact_point_id;
        if (!about || permit.asked_at < stop.acknowledged_at) continue;
        // A lift sent while the request was under way may have reached the hub before it.
        if (std::max(permit.asked_at, permit.received_at) >= stop.lift_sent_at) continue;
        violations.push_back(absl::StrCat("permit ", permit.permit_id,
                                          " was asked for and given after stop ", stop.event_id,
                                          " had been acknowledged"));
      }
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

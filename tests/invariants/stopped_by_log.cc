#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/permit_attempts.h"
#include "tests/invariants/stop_subjects.h"

// The validator of I5, by the order of the audit log.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

using What = v1::AuditEvent::Occurrence;

bool IsOfNumber(v1::StopReason reason) {
  return reason == v1::STOP_REASON_WRONG_NUMBER || reason == v1::STOP_REASON_DISCONNECTED;
}

// Stops in force while the log is read, by subject: a day's log holds thousands of stops and
// hundreds of thousands of permits.
class StopsInForce {
 public:
  explicit StopsInForce(const Ledger& ledger) : placements_(ledger) {}

  void Take(const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() != v1::AuditEvent::KIND_EVENT) return;
    switch (event.occurrence().what()) {
      case What::WHAT_PAYMENT:
      case What::WHAT_CLOSURE:
      case What::WHAT_STOP:
        return PlaceOnBook(logged);
      case What::WHAT_CONTACT_POINT_STOP:
        // A number that is wrong or dead is stopped and not its contact point, which may get
        // another one; numbers do not stand in the log.
        if (!IsOfNumber(event.occurrence().reason())) PlaceOnBook(logged);
        return;
      case What::WHAT_CHANNEL_STOP:
        return PlaceOnBook(logged);
      case What::WHAT_VENDOR_STOP:
        return PutAlone(OfVendor(event.vendor_id()), StopOf(logged));
      case What::WHAT_WORK_TYPE_STOP:
        return PutAlone(OfWork(event.occurrence().work_type()), StopOf(logged));
      case What::WHAT_STOP_END:
        return SetEnd(event);
      case What::WHAT_PAYMENT_SETTLED:
        // Whether it may be is a question of I12.
        return Lift(OfAccount(event.account_id()), [](const Stop& stop) { return stop.payment; });
      case What::WHAT_LIFT:
        return TakeLift(event);
      default:
        return;
    }
  }

  // The id of a stop that forbids the contact at `time_us`. Left out are stops that an outcome
  // placed in commit `before` or later, and stops placed at `expire_time_us` or later.
  std::optional<std::string> Against(const v1::AuditEvent& permit, int64_t time_us, int64_t before,
                                     int64_t expire_time_us) const {
    const v1::AuditEvent::PermitGiven& given = permit.permit_given();
    const auto forbids = [&](const Stop& stop) {
      if (stop.of_outcome && stop.entry >= before) return false;
      if (stop.time_us >= expire_time_us || stop.end_us <= time_us) return false;
      return stop.ForbidsContact(given);
    };
    const auto* placement = placements_.Find(permit.assignment_id());
    for (const std::string& subject :
         {OfPerson(permit.person_id()), OfAccount(permit.account_id()),
          OfVendor(permit.vendor_id()),
          OfWork(placement == nullptr ? v1::WORK_TYPE_UNSPECIFIED : placement->work_type())}) {
      if (auto stop = Find(subject, forbids)) return stop;
    }
    return std::nullopt;
  }

  // The id of a stop behind which nothing of this account or person may be live. Vendors and work
  // types are stopped without being withdrawn. What has ended by itself left it withdrawn, but it
  // may be placed again since.
  std::optional<std::string> AgainstHolding(
      const v1::ListPlacementsResponse::Placement& placement) const {
    const auto whole = [](const Stop& stop) { return stop.EndsWork(); };
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
    v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
    int64_t end_us = INT64_MAX;  // when it ends by itself
    bool holds_work = false;
    bool at_work_only = false;
    std::vector<int> spared_parties;

    bool ForbidsContact(const v1::AuditEvent::PermitGiven& given) const {
      const bool spared = std::find(spared_parties.begin(), spared_parties.end(), given.party()) !=
                          spared_parties.end();
      return !spared && (!at_work_only || given.at_work()) &&
             (channel == v1::CHANNEL_UNSPECIFIED || channel == given.channel()) &&
             (contact_point_id.empty() || contact_point_id == given.contact_point_id());
    }
    bool EndsWork() const {
      return contact_point_id.empty() && channel == v1::CHANNEL_UNSPECIFIED && !holds_work &&
             end_us == INT64_MAX;
    }
  };

  static Stop StopOf(const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    Stop stop;
    // A stop that follows its account to another person names itself there.
    stop.id = event.subject_id().empty() ? event.occurrence().stop_id() : event.subject_id();
    stop.entry = logged.entry;
    stop.time_us = TimeUtil::TimestampToMicroseconds(event.time());
    stop.payment = event.occurrence().what() == What::WHAT_PAYMENT;
    stop.of_outcome = absl::StartsWith(event.subject_id(), "outcome:");
    const What& occurrence = event.occurrence();
    stop.contact_point_id = occurrence.contact_point_id();
    stop.channel = occurrence.channel();
    if (occurrence.end_us() != 0) stop.end_us = occurrence.end_us();
    stop.holds_work = occurrence.holds_work();
    stop.at_work_only = occurrence.reason() == v1::STOP_REASON_WORKPLACE;
    stop.spared_parties.assign(occurrence.spared_parties().begin(),
                               occurrence.spared_parties().end());
    return stop;
  }

  // A stop on an account names its owner too; it is on the account alone.
  void PlaceOnBook(const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    const Stop stop = StopOf(logged);
    Put(event.account_id().empty() ? OfPerson(event.person_id()) : OfAccount(event.account_id()),
        stop);
  }

  // An operator lets a vendor or a work type go on; whatever else is lifted is named by its id.
  void TakeLift(const v1::AuditEvent& event) {
    const auto all = [](const Stop&) { return true; };
    if (!event.vendor_id().empty() && absl::StartsWith(event.actor(), "operator/"))
      Lift(OfVendor(event.vendor_id()), all);
    if (event.occurrence().work_type() != v1::WORK_TYPE_UNSPECIFIED)
      Lift(OfWork(event.occurrence().work_type()), all);
    const std::string& id = event.occurrence().stop_id();
    const auto subjects = subjects_.find(id);
    if (id.empty() || subjects == subjects_.end()) return;
    for (const std::string& subject : subjects->second)
      Lift(subject, [&](const Stop& stop) { return stop.id == id; });
  }

  void Put(const std::string& subject, const Stop& stop) {
    by_subject_[subject].push_back(stop);
    subjects_[stop.id].push_back(subject);
  }

  // An operator's stop takes the place of the one before.
  void PutAlone(const std::string& subject, const Stop& stop) {
    Lift(subject, [](const Stop&) { return true; });
    Put(subject, stop);
  }

  void SetEnd(const v1::AuditEvent& event) {
    const auto stops = by_subject_.find(event.account_id().empty() ? OfPerson(event.person_id())
                                                                   : OfAccount(event.account_id()));
    if (stops == by_subject_.end()) return;
    for (Stop& stop : stops->second) {
      if (stop.id == event.occurrence().stop_id()) stop.end_us = event.occurrence().end_us();
    }
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

  const PlacementIndex placements_;
  std::unordered_map<std::string, std::vector<Stop>> by_subject_;
  std::unordered_map<std::string, std::vector<std::string>> subjects_;  // by id of the stop
};

}  // namespace

namespace {

// Whether a result speaks for the stop of this id.
bool SpeaksFor(const v1::Outcome::Result& result, absl::string_view stop_id) {
  const auto is = [&](absl::string_view reason) {
    const std::string part = absl::StrCat("/", reason);
    return absl::EndsWith(stop_id, part) || absl::StrContains(stop_id, part + "/");
  };
  const v1::Disposition said = result.disposition();
  return (is("attorney") && said == v1::DISPOSITION_ATTORNEY) ||
         (is("death") && said == v1::DISPOSITION_DECEASED) ||
         (is("bankruptcy") && said == v1::DISPOSITION_BANKRUPTCY) ||
         (is("cease") && result.stop_wanted()) || (is("complaint") && result.complained()) ||
         (is("dispute") && result.disputed()) || (is("fraud") && result.fraud_suspected());
}

// Judges what vendors' corrections lift: what an outcome of their own had placed, as a version says
// that the core read, which speaks for it no more, and that no core knew of.
class VendorLifts {
 public:
  VendorLifts(const Ledger& ledger, Violations& violations) : violations_(violations) {
    for (const v1::CoreItem& item : ledger.items_read) {
      const v1::RecordedOutcome& outcome = item.outcome();
      for (const std::string& stop_id : outcome.placed_stop_ids())
        placed_by_[stop_id] = item.sequence();
      for (const std::string& stop_id : outcome.lifted_stop_ids()) {
        if (SpeaksFor(outcome.outcome().result(), stop_id))
          Accuse(absl::StrCat("vendor/", outcome.vendor_id()), stop_id,
                 "which it still speaks for");
      }
    }
  }

  void Take(const v1::AuditEvent& event) {
    constexpr absl::string_view kVendor = "vendor/";
    if (event.kind() == v1::AuditEvent::KIND_OUTCOMES_CONFIRMED)
      confirmed_ = std::max(confirmed_, event.count());
    if (!Is(event, What::WHAT_LIFT) || !absl::StartsWith(event.actor(), kVendor)) return;
    const std::string& stop_id = event.occurrence().stop_id();
    const std::string own =
        absl::StrCat("outcome:", absl::StripPrefix(event.actor(), kVendor), ":");
    const auto placed = placed_by_.find(stop_id);
    if (!absl::StartsWith(stop_id, own)) {
      Accuse(event.actor(), stop_id, "which is not its own");
    } else if (placed != placed_by_.end() && placed->second <= confirmed_) {
      Accuse(event.actor(), stop_id, "of which a core knew");
    }
  }

 private:
  void Accuse(const std::string& actor, const std::string& stop_id, absl::string_view what) {
    violations_.push_back(absl::StrCat(actor, " lifted stop ", stop_id, ", ", what));
  }

  Violations& violations_;
  std::unordered_map<std::string, int64_t> placed_by_;  // sequence of the outcome
  int64_t confirmed_ = 0;
};

}  // namespace

Violations StoppedByLog(const Ledger& ledger) {
  Violations violations;
  StopsInForce stops(ledger);
  VendorLifts lifts(ledger, violations);
  const OutcomesBySequence outcomes = IndexOutcomes(ledger);
  const PlacementIndex placements(ledger);
  PermitAttempts attempts(placements);
  std::unordered_map<std::string, v1::AuditEvent> given;
  ForEachEvent(ledger, [&](Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    stops.Take(logged);
    lifts.Take(event);
    if (event.kind() == v1::AuditEvent::KIND_PERMIT_GIVEN) {
      const int64_t now_us = TimeUtil::TimestampToMicroseconds(event.time());
      if (auto stop = stops.Against(event, now_us, INT64_MAX, INT64_MAX)) {
        violations.push_back(
            absl::StrCat("permit ", event.subject_id(), " was given behind stop ", *stop));
      }
      attempts.Give(event);
      const std::string permit_id = event.subject_id();
      given[permit_id] = std::move(logged.event);
      return;
    }
    if (event.kind() != v1::AuditEvent::KIND_OUTCOME) return;
    const auto outcome = outcomes.find(event.count());
    if (outcome == outcomes.end()) return;
    // A correction speaks of the same contact.
    const auto permit = given.find(attempts.Use(*outcome->second).used);
    if (permit == given.end()) return;
    // An outcome may itself be what places a stop, in its own commit and ahead of its own event. A
    // permit whose time was up when the stop came was used in its time, as one is under which the
    // contact had begun; the outcome only arrived late.
    int64_t expire_time_us = permit->second.permit_given().expire_us();
    const v1::Outcome& told = outcome->second->outcome();
    if (told.has_start_time()) {
      expire_time_us =
          std::min(expire_time_us, TimeUtil::TimestampToMicroseconds(told.start_time()));
    }
    const int64_t given_us = TimeUtil::TimestampToMicroseconds(permit->second.time());
    if (auto stop = stops.Against(permit->second, given_us, logged.entry, expire_time_us)) {
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

}  // namespace switchboard::invariants

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/chain.h"
#include "hub/base/digest.h"
#include "tests/invariants.h"

// The validators that walk the audit log: I5, I6 and I8.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

// An event at its place in the log.
struct Logged {
  v1::AuditEvent event;
  int64_t entry = 0;  // commits are numbered over all chains
};

std::vector<Logged> EventsOf(const Ledger& ledger) {
  std::vector<Logged> events;
  int64_t number = 0;
  for (const v1::AuditEntry& entry : ledger.audit) {
    ++number;
    for (const std::string& bytes : entry.events()) {
      Logged logged{{}, number};
      if (logged.event.ParseFromString(bytes)) events.push_back(std::move(logged));
    }
  }
  return events;
}

// The value behind "key=" in a detail.
std::string Detail(const v1::AuditEvent& event, absl::string_view key) {
  const std::string mark = absl::StrCat(key, "=");
  const size_t begin = event.detail().find(mark);
  if (begin == std::string::npos) return "";
  const size_t from = begin + mark.size();
  return event.detail().substr(from, event.detail().find(' ', from) - from);
}

// Stops in force while the log is read.
class StopsInForce {
 public:
  explicit StopsInForce(const Ledger& ledger) {
    for (const auto& placement : ledger.placements) {
      work_types_[placement.assignment_id()] = v1::WorkType_Name(placement.work_type());
    }
  }

  void Take(const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() == v1::AuditEvent::KIND_PLACED) {
      // What was due before a payment is settled once the account is placed for what is due now.
      Lift([&](const Stop& stop) { return stop.payment && stop.account_id == event.account_id(); });
    }
    if (event.kind() != v1::AuditEvent::KIND_EVENT) return;
    absl::string_view lifted = event.detail();
    if (absl::ConsumePrefix(&lifted, "lift ")) {
      Lift([&](const Stop& stop) { return stop.id == lifted; });
    } else {
      Place(logged);
    }
  }

  // The id of a stop that forbids the contact. Left out are stops that an outcome placed in commit
  // `before` or later, and stops placed at `expire_time_us` or later.
  std::optional<std::string> Against(const v1::AuditEvent& permit, int64_t before,
                                     int64_t expire_time_us) const {
    const std::string contact_point = Detail(permit, "contact_point");
    const auto work_type = work_types_.find(permit.assignment_id());
    for (const Stop& stop : stops_) {
      if (stop.of_outcome && stop.entry >= before) continue;
      if (stop.time_us >= expire_time_us) continue;
      const bool person = !stop.person_id.empty() && stop.person_id == permit.person_id() &&
                          (stop.contact_point_id.empty() || stop.contact_point_id == contact_point);
      const bool account = !stop.account_id.empty() && stop.account_id == permit.account_id();
      const bool vendor = !stop.vendor_id.empty() && stop.vendor_id == permit.vendor_id();
      const bool work = work_type != work_types_.end() && stop.work_type == work_type->second;
      if (person || account || vendor || work) return stop.id;
    }
    return std::nullopt;
  }

 private:
  struct Stop {
    std::string id;
    int64_t entry = 0;
    int64_t time_us = 0;
    bool payment = false;
    bool of_outcome = false;
    std::string person_id, account_id, contact_point_id, vendor_id, work_type;
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
      stop.vendor_id = event.vendor_id();
      if (stop.vendor_id.empty()) stop.work_type = stop.id;
    } else {
      stop.person_id = event.person_id();
      stop.account_id = event.account_id();
      stop.contact_point_id = Detail(event, "contact_point");
      // Without the contact point's id the stop cannot be judged.
      if (absl::StartsWith(event.detail(), "contact_point_stop") && stop.contact_point_id.empty()) {
        return;
      }
    }
    stops_.push_back(std::move(stop));
  }

  template <typename Predicate>
  void Lift(Predicate ends) {
    std::erase_if(stops_, ends);
  }

  std::unordered_map<std::string, std::string> work_types_;  // by assignment
  std::vector<Stop> stops_;
};

// Recorded outcomes by sequence, which is how the log names them.
using OutcomesBySequence = std::unordered_map<int64_t, const v1::RecordedOutcome*>;

OutcomesBySequence IndexOutcomes(const Ledger& ledger) {
  OutcomesBySequence found;
  for (const auto& outcome : ledger.outcomes_read) found[outcome.sequence()] = &outcome;
  return found;
}

// The permit that an outcome used, as the hub judged it; empty for none.
std::string PermitUsed(const v1::RecordedOutcome& outcome) {
  if (outcome.outcome().version() > 1) return "";
  if (outcome.outcome().disposition() == v1::DISPOSITION_NO_CONTACT) return "";
  const bool refused = std::any_of(outcome.marks().begin(), outcome.marks().end(), [](int mark) {
    return mark == v1::RecordedOutcome::MARK_PERMIT_NOT_VALID;
  });
  return refused ? "" : outcome.outcome().permit_id();
}

void CheckOrderOfLog(const Ledger& ledger, Violations& violations) {
  StopsInForce stops(ledger);
  const OutcomesBySequence outcomes = IndexOutcomes(ledger);
  std::unordered_map<std::string, v1::AuditEvent> given;
  for (const Logged& logged : EventsOf(ledger)) {
    const v1::AuditEvent& event = logged.event;
    stops.Take(logged);
    if (event.kind() == v1::AuditEvent::KIND_PERMIT_GIVEN) {
      given[event.subject_id()] = event;
      if (auto stop = stops.Against(event, INT64_MAX, INT64_MAX)) {
        violations.push_back(
            absl::StrCat("permit ", event.subject_id(), " was given behind stop ", *stop));
      }
    }
    if (event.kind() != v1::AuditEvent::KIND_OUTCOME) continue;
    const auto outcome = outcomes.find(event.count());
    if (outcome == outcomes.end()) continue;
    const auto permit = given.find(PermitUsed(*outcome->second));
    if (permit == given.end()) continue;
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
  }
}

void CheckTimesOfParties(const Ledger& ledger, Violations& violations) {
  std::unordered_map<std::string, const v1::ListPlacementsResponse::Placement*> placements;
  for (const auto& placement : ledger.placements) {
    placements[placement.assignment_id()] = &placement;
  }
  std::unordered_multimap<std::string, const AcknowledgedStop*> by_subject;
  for (const AcknowledgedStop& stop : ledger.stops) {
    by_subject.emplace(stop.account_id.empty() ? "p " + stop.person_id : "a " + stop.account_id,
                       &stop);
  }
  for (const ReceivedPermit& permit : ledger.permits) {
    const auto placement = placements.find(permit.assignment_id);
    if (placement == placements.end()) continue;
    for (const std::string& subject :
         {"p " + placement->second->person_id(), "a " + placement->second->account_id()}) {
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
}

// Open permits of each person while the log is read.
class OpenPermits {
 public:
  OpenPermits(const Ledger& ledger, Violations& violations)
      : ledger_(ledger), violations_(violations) {}

  void Give(const v1::AuditEvent& event) {
    const auto lifetime = ledger_.permit_lifetimes_us.find(event.vendor_id());
    if (lifetime == ledger_.permit_lifetimes_us.end()) return;
    const int64_t now_us = TimeUtil::TimestampToMicroseconds(event.time());
    Open& open = open_[event.person_id()];
    if (!open.permit_id.empty() && open.expire_time_us > now_us) {
      violations_.push_back(absl::StrCat("permit ", event.subject_id(), " was given while ",
                                         open.permit_id, " was open for the same person"));
    }
    open = {event.subject_id(), now_us + lifetime->second};
    person_[event.subject_id()] = event.person_id();
  }

  void Close(const std::string& permit_id) {
    const auto person = person_.find(permit_id);
    if (person == person_.end()) return;
    Open& open = open_[person->second];
    if (open.permit_id == permit_id) open = {};
  }

 private:
  struct Open {
    std::string permit_id;
    int64_t expire_time_us = 0;
  };
  const Ledger& ledger_;
  Violations& violations_;
  std::unordered_map<std::string, Open> open_;           // by person
  std::unordered_map<std::string, std::string> person_;  // by permit
};

// How often the log names each id, by kind of event.
using Named = std::map<int, std::unordered_map<std::string, int64_t>>;

int64_t TimesNamed(const Named& named, v1::AuditEvent::Kind kind, const std::string& id) {
  const auto ids = named.find(kind);
  if (ids == named.end()) return 0;
  const auto found = ids->second.find(id);
  return found == ids->second.end() ? 0 : found->second;
}

void Require(const Named& named, v1::AuditEvent::Kind kind, const std::string& id, const char* what,
             Violations& violations) {
  if (TimesNamed(named, kind, id) > 0) return;
  violations.push_back(absl::StrCat("the audit log does not name ", what, " ", id));
}

// What has happened once, however often it was sent, stands there once.
void RequireOnce(const Named& named, v1::AuditEvent::Kind kind, const std::string& id,
                 const char* what, Violations& violations) {
  Require(named, kind, id, what, violations);
  const int64_t times = TimesNamed(named, kind, id);
  if (times <= 1) return;
  violations.push_back(absl::StrCat("the audit log names ", what, " ", id, " ", times, " times"));
}

void VerifyChains(const Ledger& ledger, Violations& violations) {
  std::map<std::string, audit::ChainVerifier> verifiers;
  for (const v1::AuditEntry& entry : ledger.audit) {
    absl::Status status = verifiers[entry.chain_id()].Add(entry);
    if (status.ok()) continue;
    violations.emplace_back(status.message());
    return;
  }
}

void CheckDisclosures(const Ledger& ledger, const std::vector<Logged>& events,
                      Violations& violations) {
  std::set<std::pair<std::string, std::string>> disclosed;
  size_t logged = 0;
  for (const Logged& one : events) {
    logged += one.event.kind() == v1::AuditEvent::KIND_DISCLOSED ? 1 : 0;
  }
  for (const auto& disclosure : ledger.disclosures) {
    for (const std::string& id : disclosure.assignment_ids()) {
      disclosed.emplace(disclosure.vendor_id(), id);
    }
  }
  if (logged != ledger.disclosures.size()) {
    violations.push_back(absl::StrCat(ledger.disclosures.size(), " disclosures, ", logged,
                                      " of them in the audit log"));
  }
  for (const auto& [vendor_id, row] : ledger.shown) {
    if (disclosed.contains({vendor_id, row.assignment_id()})) continue;
    violations.push_back(absl::StrCat("assignment ", row.assignment_id(), " was shown to ",
                                      vendor_id, " and no disclosure says so"));
  }
}

}  // namespace

Violations Stopped(const Ledger& ledger) {
  Violations violations;
  CheckOrderOfLog(ledger, violations);
  CheckTimesOfParties(ledger, violations);
  return violations;
}

Violations Capped(const Ledger& ledger) {
  Violations violations;
  std::unordered_map<std::string, std::string> used;  // permit → outcome
  for (const auto& outcome : ledger.outcomes_read) {
    const std::string permit_id = PermitUsed(outcome);
    if (permit_id.empty()) continue;
    if (!used.emplace(permit_id, outcome.outcome().outcome_id()).second) {
      violations.push_back(absl::StrCat("permit ", permit_id, " served two contacts"));
    }
  }
  const OutcomesBySequence outcomes = IndexOutcomes(ledger);
  OpenPermits open(ledger, violations);
  for (const Logged& logged : EventsOf(ledger)) {
    const v1::AuditEvent& event = logged.event;
    switch (event.kind()) {
      case v1::AuditEvent::KIND_PERMIT_GIVEN:
        open.Give(event);
        break;
      case v1::AuditEvent::KIND_PERMIT_VOIDED:
      case v1::AuditEvent::KIND_PERMIT_RELEASED:
        open.Close(event.subject_id());
        break;
      case v1::AuditEvent::KIND_OUTCOME:
        if (const auto found = outcomes.find(event.count()); found != outcomes.end()) {
          open.Close(PermitUsed(*found->second));
        }
        break;
      default:
        break;
    }
  }
  return violations;
}

Violations Evident(const Ledger& ledger) {
  Violations violations;
  VerifyChains(ledger, violations);
  const std::vector<Logged> events = EventsOf(ledger);
  Named named;
  for (const Logged& logged : events) {
    const v1::AuditEvent& event = logged.event;
    const bool of_assignment = event.kind() == v1::AuditEvent::KIND_PLACED ||
                               event.kind() == v1::AuditEvent::KIND_WITHDRAWN;
    if (event.kind() == v1::AuditEvent::KIND_OUTCOME) {
      ++named[event.kind()]
             [absl::StrCat(event.count(), " ", event.vendor_id(), " ", event.subject_id())];
    } else {
      ++named[event.kind()][of_assignment ? event.assignment_id() : event.subject_id()];
    }
  }
  for (const auto& placement : ledger.placements) {
    Require(named, v1::AuditEvent::KIND_PLACED, placement.assignment_id(), "placement", violations);
    if (!placement.has_withdraw_time()) continue;
    Require(named, v1::AuditEvent::KIND_WITHDRAWN, placement.assignment_id(), "withdrawal",
            violations);
  }
  for (const ReceivedPermit& permit : ledger.permits) {
    RequireOnce(named, v1::AuditEvent::KIND_PERMIT_GIVEN, permit.permit_id, "permit", violations);
  }
  for (const auto& outcome : ledger.outcomes_read) {
    Require(named, v1::AuditEvent::KIND_OUTCOME,
            absl::StrCat(outcome.sequence(), " ", outcome.vendor_id(), " ",
                         outcome.outcome().outcome_id()),
            "outcome", violations);
  }
  for (const std::string& event_id : ledger.acknowledged_events) {
    RequireOnce(named, v1::AuditEvent::KIND_EVENT, event_id, "event", violations);
  }
  for (const auto& item : ledger.quarantine) {
    Require(named, v1::AuditEvent::KIND_QUARANTINED, item.quarantine_id(), "refusal", violations);
  }
  CheckDisclosures(ledger, events, violations);
  return violations;
}

}  // namespace switchboard::invariants

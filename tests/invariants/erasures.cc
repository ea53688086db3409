#include "tests/invariants/erasures.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/commitments.h"

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

bool ErasesAssignment(const v1::AuditEvent& event) {
  return event.kind() == v1::AuditEvent::KIND_ERASED &&
         event.erased().what() == v1::AuditEvent::Erased::WHAT_ASSIGNMENT;
}

// "core/main", or "core/main/audit" for a reader that has a name.
std::string ReaderOf(const std::string& core, const std::string& reader) {
  return reader.empty() ? core : absl::StrCat(core, "/", reader);
}

// How the promises made in assignments stand while the log is read.
class Standings {
 public:
  explicit Standings(const Ledger& ledger) {
    for (const v1::CoreItem& item : ledger.items_read) {
      const v1::PromiseChange& told = item.promise();
      if (told.standing() != v1::PROMISE_STANDING_PENDING || told.instalments().empty()) continue;
      const int64_t end_us =
          TimeUtil::TimestampToMicroseconds(told.instalments().rbegin()->since_time());
      const PromiseKey key = {told.account_id(), told.vendor_id(), told.outcome_id()};
      const auto [known, is_new] = ends_us_.try_emplace(key, end_us);
      if (!is_new) known->second = std::min(known->second, end_us);
    }
  }

  void Take(const v1::AuditEvent& event) {
    if (event.kind() != v1::AuditEvent::KIND_PROMISE) return;
    const PromiseKey key = {event.account_id(), event.vendor_id(), event.subject_id()};
    made_in_[event.assignment_id()][key] = event.promise().standing();
  }

  // What of an assignment could still have come to something then; empty: nothing.
  const char* Unfinished(const std::string& assignment_id, int64_t time_us) const {
    const auto made = made_in_.find(assignment_id);
    if (made == made_in_.end()) return "";
    for (const auto& [key, standing] : made->second) {
      if (standing == v1::PROMISE_STANDING_OPEN) return "a promise made in it was open";
      if (standing != v1::PROMISE_STANDING_PENDING) continue;
      const auto end = ends_us_.find(key);
      if (end != ends_us_.end() && time_us < end->second)
        return "a plan made in it waited for head office";
    }
    return "";
  }

 private:
  std::map<std::string, std::map<PromiseKey, v1::PromiseStanding>> made_in_;
  // When the last instalment of a plan that waits is over, as the core was told: the soonest of
  // what it was told of one.
  std::map<PromiseKey, int64_t> ends_us_;
};

// Which legal holds are in force while the log is read.
class Holds {
 public:
  void Take(const v1::AuditEvent& event) {
    if (event.kind() != v1::AuditEvent::KIND_LEGAL_HOLD) return;
    if (event.legal_hold().ended()) {
      in_force_.erase(event.subject_id());
    } else {
      in_force_[event.subject_id()] = {event.person_id(), event.account_id()};
    }
  }

  // One that keeps what is told of by this event; empty: none does.
  std::string On(const v1::AuditEvent& event) const {
    for (const auto& [hold_id, on] : in_force_) {
      const bool person = !event.person_id().empty() && event.person_id() == on.first;
      const bool account = !event.account_id().empty() && event.account_id() == on.second;
      if (person || account) return hold_id;
    }
    return "";
  }

 private:
  std::map<std::string, std::pair<std::string, std::string>> in_force_;  // person and account
};

// Deletions that persons asked for, and orders to delete that are closed, while the log is read.
class Deletions {
 public:
  void Take(const v1::AuditEvent& event) {
    if (event.kind() == v1::AuditEvent::KIND_DELETION_ORDER &&
        event.deletion().state() != v1::DeletionOrder::STATE_OPEN)
      closed_.insert(event.subject_id());
    if (event.kind() != v1::AuditEvent::KIND_PERSON_REQUEST ||
        event.person_request().kind() != v1::PersonRequest::KIND_DELETION)
      return;
    auto& agreed = agreed_us_[event.person_id()];
    if (event.person_request().state() == v1::PersonRequest::STATE_AGREED) {
      agreed[event.subject_id()] = TimeUtil::TimestampToMicroseconds(event.time());
    } else {
      agreed.erase(event.subject_id());
    }
  }

  // Whether the person asked for what had ended then to go, sooner than it would.
  bool AskedFor(const std::string& person_id, int64_t ended_us) const {
    const auto found = agreed_us_.find(person_id);
    if (found == agreed_us_.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(),
                       [&](const auto& agreed) { return ended_us <= agreed.second; });
  }

  bool IsClosed(const std::string& order_id) const { return closed_.contains(order_id); }

 private:
  std::map<std::string, std::map<std::string, int64_t>> agreed_us_;  // by person and request
  std::unordered_set<std::string> closed_;
};

// The lives of assignments while the log is read.
class Lives {
 public:
  Lives(const Ledger& ledger, Violations& violations)
      : ledger_(ledger), standings_(ledger), violations_(violations) {}

  void Take(const v1::AuditEvent& event) {
    standings_.Take(event);
    holds_.Take(event);
    deletions_.Take(event);
    if (event.kind() == v1::AuditEvent::KIND_ERASED) CheckHolds(event);
    const std::string& id = event.assignment_id();
    if (id.empty()) return;
    if (event.kind() == v1::AuditEvent::KIND_PLACED) placed_.insert(id);
    if (event.kind() == v1::AuditEvent::KIND_WITHDRAWN) ended_us_[id] = TimeOf(event);
    if (ErasesAssignment(event)) Erase(event);
  }

  const std::unordered_set<std::string>& placed() const { return placed_; }

 private:
  static int64_t TimeOf(const v1::AuditEvent& event) {
    return TimeUtil::TimestampToMicroseconds(event.time());
  }

  void CheckHolds(const v1::AuditEvent& event) {
    const std::string hold_id = holds_.On(event);
    if (hold_id.empty()) return;
    violations_.push_back(absl::StrCat(v1::AuditEvent::Erased::What_Name(event.erased().what()),
                                       " of person ", event.person_id(),
                                       " was erased under legal hold ", hold_id));
  }

  void Erase(const v1::AuditEvent& event) {
    const auto say = [&](const std::string& what) {
      violations_.push_back(absl::StrCat("assignment ", event.assignment_id(), " was ", what));
    };
    if (!placed_.contains(event.assignment_id())) say("erased and never placed");
    if (!erased_.insert(event.assignment_id()).second) say("erased twice");
    const auto ended = ended_us_.find(event.assignment_id());
    if (ended == ended_us_.end()) return say("erased while it was live");
    const std::string unfinished = standings_.Unfinished(event.assignment_id(), TimeOf(event));
    if (!unfinished.empty()) say("erased while " + unfinished);
    if (ledger_.ordered_within_us != 0) {
      const auto order = ledger_.orders_told.find(event.assignment_id());
      if (order == ledger_.orders_told.end()) {
        say("erased before anybody was told to delete it");
      } else if (!deletions_.IsClosed(order->second)) {
        say("erased before order " + order->second + " was closed");
      }
    }
    if (deletions_.AskedFor(event.person_id(), ended->second)) return;
    const auto country = ledger_.countries.find(event.person_id());
    if (country == ledger_.countries.end()) return;
    const auto keep = ledger_.keeps_us.find({event.erased().work_type(), country->second});
    if (keep == ledger_.keeps_us.end()) return;
    if (TimeOf(event) < ended->second + keep->second) say("erased before its time was up");
  }

  const Ledger& ledger_;
  Standings standings_;
  Holds holds_;
  Deletions deletions_;
  Violations& violations_;
  std::unordered_set<std::string> placed_, erased_;
  std::unordered_map<std::string, int64_t> ended_us_;
};

}  // namespace

void CheckErasedWereConfirmed(const Ledger& ledger, Violations& violations) {
  std::unordered_map<std::string, int64_t> newest;  // outcome, by assignment
  std::map<std::string, int64_t> confirmed;         // by core and reader
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() == v1::AuditEvent::KIND_OUTCOME) {
      int64_t& sequence = newest[event.assignment_id()];
      sequence = std::max(sequence, event.count());
    }
    if (event.kind() == v1::AuditEvent::KIND_OUTCOMES_CONFIRMED) {
      int64_t& through = confirmed[ReaderOf(event.actor(), event.subject_id())];
      through = std::max(through, event.count());
    }
    if (Is(event, v1::AuditEvent::Occurrence::WHAT_CORE_RETIRED))
      confirmed.erase(event.subject_id());
    if (!ErasesAssignment(event)) return;
    const auto last = newest.find(event.assignment_id());
    if (last == newest.end()) return;
    int64_t through = confirmed.empty() ? 0 : confirmed.begin()->second;
    for (const auto& [reader, of_reader] : confirmed) through = std::min(through, of_reader);
    if (last->second <= through) return;
    violations.push_back(absl::StrCat("outcome ", last->second, " of assignment ",
                                      event.assignment_id(), " was erased, cores had confirmed ",
                                      through));
  });
}

void CheckErasures(const Ledger& ledger, const Erasures& erasures, Violations& violations) {
  Lives lives(ledger, violations);
  ForEachEvent(ledger, [&](const Logged& logged) { lives.Take(logged.event); });
  if (ledger.placements.empty()) return;
  std::unordered_set<std::string> there;
  for (const auto& placement : ledger.placements) {
    there.insert(placement.assignment_id());
    if (!erasures.assignments.contains(placement.assignment_id())) continue;
    violations.push_back(
        absl::StrCat("assignment ", placement.assignment_id(), " was erased and is there"));
  }
  for (const std::string& id : lives.placed()) {
    if (there.contains(id) || erasures.assignments.contains(id)) continue;
    violations.push_back(absl::StrCat("assignment ", id, " vanished without a trace"));
  }
}

}  // namespace switchboard::invariants

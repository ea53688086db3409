#include "tests/invariants/erasures.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

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

// The lives of assignments while the log is read.
class Lives {
 public:
  Lives(const Ledger& ledger, Violations& violations)
      : ledger_(ledger), standings_(ledger), violations_(violations) {}

  void Take(const v1::AuditEvent& event) {
    standings_.Take(event);
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
    const auto country = ledger_.countries.find(event.person_id());
    if (country == ledger_.countries.end()) return;
    const auto keep = ledger_.keeps_us.find({event.erased().work_type(), country->second});
    if (keep == ledger_.keeps_us.end()) return;
    if (TimeOf(event) < ended->second + keep->second) say("erased before its time was up");
  }

  const Ledger& ledger_;
  Standings standings_;
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

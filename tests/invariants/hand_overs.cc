#include "tests/invariants/hand_overs.h"

#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;
using Placement = v1::ListPlacementsResponse::Placement;

// How long one transaction takes.
constexpr int64_t kMomentUs = 1'000'000;

// The assignment that ended, the one that began, to whom, and why.
using Step = std::tuple<std::string, std::string, std::string, int>;

std::map<Step, int64_t> StepsOfLog(const Ledger& ledger) {
  std::map<Step, int64_t> steps;
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() != v1::AuditEvent::KIND_HANDED_OVER) return;
    ++steps[{event.assignment_id(), event.subject_id(), event.hand_over().to_vendor_id(),
             event.hand_over().reason()}];
  });
  return steps;
}

// What is wrong with the two assignments; empty: nothing.
const char* ProblemOf(const v1::HandOver& told, const Placement* former, const Placement* begun) {
  if (former == nullptr || begun == nullptr) return "is about work that was never placed";
  if (former->vendor_id() != told.from_vendor_id() || begun->vendor_id() != told.to_vendor_id())
    return "is not between those who held it";
  if (former->account_id() != told.account_id() || begun->account_id() != told.account_id() ||
      former->work_type() != told.work_type() || begun->work_type() != told.work_type())
    return "made other work of it";
  if (!former->has_withdraw_time()) return "left it with who had it";
  const int64_t between_us = TimeUtil::TimestampToMicroseconds(begun->place_time()) -
                             TimeUtil::TimestampToMicroseconds(former->withdraw_time());
  return between_us <= kMomentUs ? "" : "left it with nobody for a while";
}

// What is being recalled is handed to head office alone, which is the issuer's own, and from there
// or from whoever has it next it does not come back.
class Recalls {
 public:
  explicit Recalls(const Ledger& ledger) : ledger_(ledger) {}

  void Check(Violations& violations) {
    ForEachEvent(ledger_, [&](const Logged& logged) {
      const v1::AuditEvent& event = logged.event;
      if (event.kind() == v1::AuditEvent::KIND_RECALL) Follow(event);
      if (event.kind() == v1::AuditEvent::KIND_ERASED &&
          event.erased().what() == v1::AuditEvent::Erased::WHAT_ASSIGNMENT)
        Forget(event.assignment_id());
      if (event.kind() != v1::AuditEvent::KIND_HANDED_OVER) return;
      if (!Undoes(event)) return Pass(event);
      violations.push_back(
          absl::StrCat("the hand-over of assignment ", event.assignment_id(), " undid its recall"));
    });
  }

 private:
  // Work that was handed over.
  struct Passed {
    std::string vendor_id;  // by whom
    bool recalled = false;  // its recall was pending
  };

  void Follow(const v1::AuditEvent& event) {
    using Recall = v1::AuditEvent::Recall;
    if (event.recall().step() == Recall::STEP_ANNOUNCED) pending_.insert(event.assignment_id());
    if (event.recall().step() == Recall::STEP_CANCELLED) pending_.erase(event.assignment_id());
  }
  void Pass(const v1::AuditEvent& event) {
    former_[event.subject_id()] = event.assignment_id();
    passed_[event.assignment_id()] = {event.vendor_id(), pending_.contains(event.assignment_id())};
  }
  // Whoever hands over knows no more of it.
  void Forget(const std::string& assignment_id) {
    former_.erase(assignment_id);
    passed_.erase(assignment_id);
  }
  bool Undoes(const v1::AuditEvent& event) const {
    const std::string& receiver = event.hand_over().to_vendor_id();
    const auto kind = ledger_.collector_kinds.find(receiver);
    const bool to_issuer =
        kind != ledger_.collector_kinds.end() && kind->second == v1::COLLECTOR_KIND_ISSUER;
    if (!to_issuer && pending_.contains(event.assignment_id())) return true;
    auto former = former_.find(event.assignment_id());
    for (; former != former_.end(); former = former_.find(former->second)) {
      const auto passed = passed_.find(former->second);
      if (passed == passed_.end()) return false;
      if (passed->second.recalled && passed->second.vendor_id == receiver) return true;
    }
    return false;
  }

  const Ledger& ledger_;
  std::set<std::string> pending_;              // assignments whose recall was announced
  std::map<std::string, std::string> former_;  // which was handed over for an assignment
  std::map<std::string, Passed> passed_;       // by assignment
};

}  // namespace

std::unordered_set<std::string> BegunByHandOver(const Ledger& ledger) {
  std::unordered_set<std::string> begun;
  for (const auto& [step, times] : StepsOfLog(ledger)) begun.insert(std::get<1>(step));
  return begun;
}

void CheckHandOvers(const Ledger& ledger, Violations& violations) {
  Recalls(ledger).Check(violations);
  const PlacementIndex placements(ledger);
  const auto accuse = [&violations](const std::string& assignment_id, const char* what) {
    violations.push_back(absl::StrCat("the hand-over of assignment ", assignment_id, " ", what));
  };
  std::map<Step, int64_t> missing = StepsOfLog(ledger);
  std::map<std::string, const v1::HandOver*> told;   // by the assignment that ended, …
  std::map<std::string, const v1::HandOver*> begun;  // … and by the one that began
  std::set<int64_t> read;
  for (const v1::CoreItem& item : ledger.items_read) {
    if (!item.has_hand_over() || !read.insert(item.sequence()).second) continue;
    const v1::HandOver& one = item.hand_over();
    const std::string& id = one.former_assignment_id();
    begun[one.assignment_id()] = &one;
    if (!told.emplace(id, &one).second) accuse(id, "was told twice");
    --missing[{id, one.assignment_id(), one.to_vendor_id(), one.reason()}];
    const char* problem = ProblemOf(one, placements.Find(id), placements.Find(one.assignment_id()));
    if (problem[0] != '\0') accuse(id, problem);
  }
  for (const auto& [step, times] : missing) {
    if (times < 0) accuse(std::get<0>(step), "was told to the core, and the log does not name it");
    if (times > 0) accuse(std::get<0>(step), "is named by the log, and the core was not told");
  }
  for (const AcknowledgedHandOver& one : ledger.hand_overs) {
    const auto found = told.find(one.assignment_id);
    if (found == told.end() || found->second->from_vendor_id() != one.vendor_id ||
        found->second->to_vendor_id() != one.to_vendor_id)
      accuse(one.assignment_id, "was acknowledged, and is not what the core was told");
  }
  for (const auto& [vendor_id, row] : ledger.shown) {
    if (!row.has_handed_over()) continue;
    const auto found = begun.find(row.assignment_id());
    if (found == begun.end() || found->second->to_vendor_id() != vendor_id ||
        found->second->reason() != row.handed_over().reason())
      accuse(row.assignment_id(), "was shown, and never was");
  }
}

}  // namespace switchboard::invariants

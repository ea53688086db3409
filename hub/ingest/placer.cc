#include "hub/ingest/placer.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/ingest/stratum_positions.h"
#include "hub/permits/withdrawal.h"

namespace switchboard::ingest {
namespace {

using google::protobuf::util::TimeUtil;
using stops::StopSubject;

}  // namespace

bool IsCollections(v1::WorkType work_type) {
  return work_type == v1::WORK_TYPE_EARLY_COLLECTIONS ||
         work_type == v1::WORK_TYPE_LATE_COLLECTIONS;
}

absl::Status Placer::Expect(const std::vector<std::string>& person_ids,
                            const std::vector<std::string>& account_ids) {
  ASSIGN_OR_RETURN(auto histories,
                   assignments::AssignmentsOfPersons(transaction_.connection(), person_ids));
  for (size_t i = 0; i < person_ids.size(); ++i)
    histories_.insert_or_assign(person_ids[i], std::move(histories[i]));
  std::vector<StopSubject> subjects;
  for (const std::string& id : person_ids) subjects.push_back(StopSubject::Person(id));
  for (const std::string& id : account_ids) subjects.push_back(StopSubject::Account(id));
  return LookForStops(subjects);
}

absl::Status Placer::LookForStops(const std::vector<StopSubject>& subjects) {
  ASSIGN_OR_RETURN(const auto stops,
                   stops::StopsOn(transaction_.connection(), subjects, transaction_.now()));
  for (const auto& subject : subjects) stopped_.insert_or_assign(subject, StopsFound());
  for (const stops::Stop& stop : stops) {
    StopsFound& found = stopped_.at(stop.subject);
    found.any = true;
    // What ends contact at the place of work leaves the rest.
    if (stop.reason == v1::STOP_REASON_WORKPLACE) continue;
    found.holds_work = true;
    found.ends_work = found.ends_work || !stop.keep_work;
  }
  return absl::OkStatus();
}

absl::StatusOr<Placer::StopsFound> Placer::StopsFor(const StopSubject& subject) {
  auto found = stopped_.find(subject);
  if (found != stopped_.end()) return found->second;
  RETURN_IF_ERROR(LookForStops({subject}));
  return stopped_.at(subject);
}

absl::StatusOr<bool> Placer::Stopped(const StopSubject& subject) {
  ASSIGN_OR_RETURN(const StopsFound found, StopsFor(subject));
  return found.any;
}

absl::Status Placer::Prepare() {
  if (prepared_) return absl::OkStatus();
  storage::Connection& connection = transaction_.connection();
  now_ = transaction_.now();
  ASSIGN_OR_RETURN(router_, parts_.plans.RouterAt(connection, now_));
  ASSIGN_OR_RETURN(const auto stops, stops::StoppedVendors(connection, now_));
  for (const stops::Stop& stop : stops) {
    auto [found, added] = vendor_stops_.try_emplace(stop.subject.id, stop.keep_work);
    found->second = found->second && stop.keep_work;
  }
  prepared_ = true;
  return absl::OkStatus();
}

absl::StatusOr<contracts::Contracts::Compiled> Placer::ContractOf(const std::string& vendor_id) {
  auto [found, added] = contracts_in_force_.try_emplace(vendor_id);
  if (added) {
    ASSIGN_OR_RETURN(found->second,
                     parts_.contracts.FindAt(transaction_.connection(), vendor_id, now_));
  }
  return found->second;
}

absl::StatusOr<v1::NotPlacedReason> Placer::Place(const v1::Person& person,
                                                  const v1::Account& account,
                                                  const book::KnownAccount& known) {
  SWITCHBOARD_ASSERT(transaction_.Holds(book::PlacementKey()) &&
                     transaction_.Holds(book::PersonKey(person.person_id())));
  RETURN_IF_ERROR(Prepare());
  ASSIGN_OR_RETURN(const v1::NotPlacedReason reason, Decide(person, account, known));
  if (reason == v1::NOT_PLACED_REASON_UNSPECIFIED) return reason;
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_NOT_PLACED, actor_);
  event.set_account_id(account.account_id());
  event.set_not_placed(reason);
  audit::Record(transaction_, std::move(event));
  return reason;
}

absl::StatusOr<std::vector<std::string>> Placer::OthersInWork(const v1::Account& account) {
  ASSIGN_OR_RETURN(const History* history, HistoryOf(account.person_id()));
  std::set<std::string> others;
  for (const assignments::Assignment& assignment : *history) {
    if (assignment.live && assignment.account_id != account.account_id())
      others.insert(assignment.account_id);
  }
  return std::vector<std::string>(others.begin(), others.end());
}

absl::StatusOr<v1::NotPlacedReason> Placer::Decide(const v1::Person& person,
                                                   const v1::Account& account,
                                                   const book::KnownAccount& known) {
  bool held = false;
  for (const auto& subject :
       {StopSubject::Person(account.person_id()), StopSubject::Account(account.account_id())}) {
    ASSIGN_OR_RETURN(const StopsFound stops, StopsFor(subject));
    // It was withdrawn when the stop was placed.
    if (stops.ends_work) return v1::NOT_PLACED_REASON_STOPPED;
    held = held || stops.holds_work;
  }
  if (router_ == nullptr) return v1::NOT_PLACED_REASON_NO_PLAN;
  const routing::AccountFacts facts = routing::FactsOf(person, account);
  const auto match = router_->Find(facts);
  ASSIGN_OR_RETURN(History * history, HistoryOf(account.person_id()));
  ASSIGN_OR_RETURN(const bool kept, KeepOrEnd(person, account, known, *history, match));
  if (kept) return v1::NOT_PLACED_REASON_UNSPECIFIED;
  if (held) return v1::NOT_PLACED_REASON_STOPPED;
  if (!match.has_value()) return router_->DecideUnmatched().not_placed_reason;
  const std::string& plan_id = router_->plan().plan_id();
  const std::string stratum = match->segment + "|" + match->stratum;
  ASSIGN_OR_RETURN(const int64_t position, StratumPositions::Read(transaction_, plan_id, stratum));
  ASSIGN_OR_RETURN(const routing::Decision decision,
                   router_->Decide(facts, *match,
                                   SituationOf(account, *history, *match, position,
                                               StoryOf(match->work_type, account, known))));
  if (decision.takes_position) StratumPositions::Advance(transaction_, plan_id, stratum);
  if (!decision.placed()) return decision.not_placed_reason;
  assignments::Assignment assignment;
  assignment.vendor_id = decision.vendor_id;
  assignment.person_id = account.person_id();
  assignment.account_id = account.account_id();
  assignment.work_type = decision.work_type;
  assignment.segment = decision.segment;
  RETURN_IF_ERROR(Store(std::move(assignment), decision.why, person).status());
  return v1::NOT_PLACED_REASON_UNSPECIFIED;
}

absl::StatusOr<bool> Placer::MayHold(const assignments::Assignment& assignment,
                                     const v1::Person& person) {
  RETURN_IF_ERROR(Prepare());
  const auto stop = vendor_stops_.find(assignment.vendor_id);
  if (stop != vendor_stops_.end() && !stop->second) return false;
  ASSIGN_OR_RETURN(const auto contract, ContractOf(assignment.vendor_id));
  return contract != nullptr && contract->Allows(assignment.work_type, person.language());
}

// A live assignment for the same work stays (sticky) and is shown anew; one for other work ends,
// and so does one that its vendor may hold no longer.
absl::StatusOr<bool> Placer::KeepOrEnd(const v1::Person& person, const v1::Account& account,
                                       const book::KnownAccount& known, History& history,
                                       const std::optional<routing::Router::Match>& match) {
  bool kept = false;
  for (assignments::Assignment& assignment : history) {
    if (!assignment.live || assignment.account_id != account.account_id()) continue;
    const bool same_work = match.has_value() && assignment.work_type == match->work_type;
    ASSIGN_OR_RETURN(bool may_hold, MayHold(assignment, person));
    if (same_work && !may_hold) {
      // Of a vendor that is stopped, as far as others may take it.
      ASSIGN_OR_RETURN(const auto contract, ContractOf(assignment.vendor_id));
      const bool only_stopped =
          contract != nullptr && contract->Allows(assignment.work_type, person.language());
      if (only_stopped) {
        ASSIGN_OR_RETURN(const bool others,
                         SomebodyElseMay(person, account, known, assignment, *match));
        may_hold = !others;
      }
    }
    if (same_work && may_hold) {
      RETURN_IF_ERROR(kept_ == Kept::kShownAnew ? ShowAnew(assignment, person)
                                                : FollowReview(assignment, person));
      kept = true;
      continue;
    }
    permits::Withdrawn withdrawn;
    RETURN_IF_ERROR(permits::Withdraw(
        transaction_, changes_, actor_, assignment,
        may_hold ? v1::WITHDRAW_REASON_MOVED : v1::WITHDRAW_REASON_NOT_ALLOWED, &withdrawn));
    assignment.live = false;
  }
  return kept;
}

// Whether anybody would be given the account if its vendor did not hold it.
absl::StatusOr<bool> Placer::SomebodyElseMay(const v1::Person& person, const v1::Account& account,
                                             const book::KnownAccount& known,
                                             const assignments::Assignment& assignment,
                                             const routing::Router::Match& match) {
  ASSIGN_OR_RETURN(const History* history, HistoryOf(account.person_id()));
  // As it will be when the account is decided on: another answer here leaves it with nobody.
  History ended = *history;
  for (assignments::Assignment& one : ended) {
    if (one.assignment_id == assignment.assignment_id) one.live = false;
  }
  ASSIGN_OR_RETURN(const routing::Decision decision,
                   router_->Decide(routing::FactsOf(person, account), match,
                                   SituationOf(account, ended, match, /*position=*/0,
                                               StoryOf(match.work_type, account, known))));
  return decision.placed() && decision.vendor_id != assignment.vendor_id;
}

// The row is shown again by itself when the person's age band changes, if a band is shown. 0:
// never.
absl::StatusOr<int64_t> Placer::ReviewTimeOf(const assignments::Assignment& assignment,
                                             const v1::Person& person) {
  ASSIGN_OR_RETURN(const auto contract, ContractOf(assignment.vendor_id));
  if (contract == nullptr) return 0;
  const auto masker = contract->maskers.find(assignment.work_type);
  if (masker == contract->maskers.end()) return 0;
  const auto next = masker->second->NextChange(person, transaction_.now());
  return next.has_value() ? absl::ToUnixMicros(*next) : 0;
}

absl::Status Placer::ShowAnew(assignments::Assignment& assignment, const v1::Person& person) {
  ASSIGN_OR_RETURN(const int64_t review_us, ReviewTimeOf(assignment, person));
  const bool placed_here = changes_.PlacedHere(assignment.assignment_id);
  if (review_us == assignment.review_time_us) {
    // What this unit placed is read with the newest owner anyway.
    if (!placed_here) changes_.Touch(assignment);
    return absl::OkStatus();
  }
  if (placed_here) RETURN_IF_ERROR(changes_.Settle());
  assignment.review_time_us = review_us;
  return changes_.SetReview(assignment, review_us);
}

absl::Status Placer::FollowReview(const assignments::Assignment& assignment,
                                  const v1::Person& person) {
  RETURN_IF_ERROR(Prepare());
  ASSIGN_OR_RETURN(const int64_t review_us, ReviewTimeOf(assignment, person));
  if (review_us == assignment.review_time_us) return absl::OkStatus();
  return changes_.SetReview(assignment, review_us);
}

Placer::Story Placer::StoryOf(v1::WorkType work_type, const v1::Account& account,
                              const book::KnownAccount& known) const {
  Story story{.placed_after_us = PlanCountsSince()};
  if (!IsCollections(work_type)) return story;
  story.placed_after_us = std::max(story.placed_after_us, known.was_current_us);
  story.ended_before_us =
      known.as_of_us - absl::ToInt64Microseconds(account.days_past_due() * absl::Hours(24));
  return story;
}

int64_t Placer::PlanCountsSince() const {
  if (router_ == nullptr || !router_->plan().has_had_it_period()) return 0;
  return transaction_.now_us() - TimeUtil::DurationToMicroseconds(router_->plan().had_it_period());
}

routing::Situation Placer::SituationOf(const v1::Account& account, const History& history,
                                       const routing::Router::Match& match, int64_t position,
                                       const Story& story) {
  routing::Situation situation;
  situation.stratum_position = position;
  for (const assignments::Assignment& assignment : history) {
    if (assignment.work_type != match.work_type) continue;
    const bool same_account = assignment.account_id == account.account_id();
    const bool of_another_story =
        !assignment.live &&
        (assignment.place_time_us <= story.placed_after_us ||
         (assignment.withdraw_time_us != 0 && assignment.withdraw_time_us < story.ended_before_us));
    if (same_account && !of_another_story)
      situation.groups_had_it.push_back(assignment.vendor_group);
    if (assignment.live && !same_account) situation.vendor_of_same_person = assignment.vendor_id;
  }
  situation.live_at_vendor = [this](std::string_view vendor_id) {
    return LiveAt(std::string(vendor_id), "");
  };
  situation.live_in_segment_at_vendor = [this,
                                         segment = match.segment](std::string_view vendor_id) {
    return LiveAt(std::string(vendor_id), segment);
  };
  return situation;
}

absl::StatusOr<int64_t> Placer::LiveAt(const std::string& vendor_id, const std::string& segment) {
  storage::Connection& connection = transaction_.connection();
  auto [live, added] = live_.try_emplace({vendor_id, segment});
  if (added) {
    ASSIGN_OR_RETURN(live->second, segment.empty() ? assignments::CountLive(connection, vendor_id)
                                                   : assignments::CountLiveInSegment(
                                                         connection, vendor_id, segment));
  }
  return live->second + (segment.empty() ? changes_.LiveChange(vendor_id)
                                         : changes_.LiveChange(vendor_id, segment));
}

absl::StatusOr<bool> Placer::MayTake(const std::string& vendor_id,
                                     const assignments::Assignment& work,
                                     const v1::Person& person) {
  SWITCHBOARD_ASSERT(transaction_.Holds(book::PlacementKey()) &&
                     transaction_.Holds(book::PersonKey(work.person_id)));
  RETURN_IF_ERROR(Prepare());
  for (const auto& subject :
       {StopSubject::Person(work.person_id), StopSubject::Account(work.account_id)}) {
    ASSIGN_OR_RETURN(const StopsFound stops, StopsFor(subject));
    if (stops.holds_work) return false;
  }
  if (vendor_stops_.contains(vendor_id)) return false;
  ASSIGN_OR_RETURN(const auto contract, ContractOf(vendor_id));
  if (contract == nullptr || !contract->Allows(work.work_type, person.language())) return false;
  ASSIGN_OR_RETURN(const Before before, BeforeAt(vendor_id, work));
  const bool is_over = before.end_us != 0 && before.end_us <= transaction_.now_us();
  if (is_over || before.recalled) return false;
  const int64_t most = contract->contract.live_assignments_max();
  if (most == 0) return true;
  ASSIGN_OR_RETURN(const int64_t live, LiveAt(vendor_id, ""));
  return live < most;
}

absl::StatusOr<Placer::Before> Placer::BeforeAt(const std::string& vendor_id,
                                                const assignments::Assignment& former) {
  ASSIGN_OR_RETURN(const History* history, HistoryOf(former.person_id));
  std::unordered_map<std::string_view, const assignments::Assignment*> by_id;
  for (const assignments::Assignment& one : *history) by_id[one.assignment_id] = &one;
  Before before;
  std::string_view id = former.former_assignment_id;
  for (auto one = by_id.find(id); one != by_id.end(); one = by_id.find(id)) {
    const assignments::Assignment& earlier = *one->second;
    id = earlier.former_assignment_id;
    if (earlier.vendor_id != vendor_id) continue;
    // A recall that was cancelled is not there any more, one that was announced stays.
    before.recalled = before.recalled || earlier.recall_time_us != 0;
    const int64_t end_us = earlier.expire_time_us;
    if (end_us != 0 && (before.end_us == 0 || end_us < before.end_us)) before.end_us = end_us;
  }
  return before;
}

absl::StatusOr<assignments::Assignment> Placer::PlaceWith(const std::string& vendor_id,
                                                          const assignments::Assignment& former,
                                                          const v1::PlacementReason& why,
                                                          const v1::Person& person) {
  ASSIGN_OR_RETURN(History * history, HistoryOf(former.person_id));
  for (assignments::Assignment& one : *history) {
    if (one.assignment_id == former.assignment_id) one.live = false;
  }
  assignments::Assignment assignment;
  assignment.vendor_id = vendor_id;
  assignment.person_id = former.person_id;
  assignment.account_id = former.account_id;
  assignment.work_type = former.work_type;
  assignment.segment = former.segment;
  assignment.former_assignment_id = former.assignment_id;
  ASSIGN_OR_RETURN(const Before before, BeforeAt(vendor_id, former));
  assignment.expire_time_us = before.end_us;
  return Store(std::move(assignment), why, person);
}

// Places it: whose it is, of what and with whom is the caller's to say, and when it ends at the
// latest, whatever the term is now.
absl::StatusOr<assignments::Assignment> Placer::Store(assignments::Assignment assignment,
                                                      const v1::PlacementReason& why,
                                                      const v1::Person& person) {
  ASSIGN_OR_RETURN(const auto contract, ContractOf(assignment.vendor_id));
  SWITCHBOARD_ASSERT(contract != nullptr);  // whoever chose the vendor has asked
  assignment.vendor_group = contract->contract.vendor_group();
  assignment.country = person.address().country();
  ASSIGN_OR_RETURN(History * history, HistoryOf(assignment.person_id));
  // One more than the last one there is: earlier ones may have been erased.
  int64_t last = 0;
  for (const assignments::Assignment& other : *history) {
    if (other.account_id == assignment.account_id && other.work_type == assignment.work_type)
      last = std::max(last, other.placement);
  }
  assignment.placement = last + 1;
  const auto* terms = contract->Terms(assignment.work_type);
  if (terms != nullptr && terms->has_term()) {
    const int64_t term_us = TimeUtil::DurationToMicroseconds(terms->term());
    const int64_t end_us = transaction_.now_us() + term_us;
    const bool is_sooner = assignment.expire_time_us == 0 || end_us < assignment.expire_time_us;
    if (term_us > 0 && is_sooner) assignment.expire_time_us = end_us;
  }
  ASSIGN_OR_RETURN(assignment.review_time_us, ReviewTimeOf(assignment, person));
  history->push_back(changes_.Place(std::move(assignment), why));
  return history->back();
}

absl::StatusOr<Placer::History*> Placer::HistoryOf(const std::string& person_id) {
  auto [found, added] = histories_.try_emplace(person_id);
  if (added) {
    ASSIGN_OR_RETURN(found->second,
                     assignments::AssignmentsOfPerson(transaction_.connection(), person_id));
  }
  return &found->second;
}

}  // namespace switchboard::ingest

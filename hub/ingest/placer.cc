#include "hub/ingest/placer.h"

#include <algorithm>

#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/permits/withdrawal.h"

namespace switchboard::ingest {
namespace {

using storage::Row;

constexpr char kSelectPosition[] =
    "SELECT position FROM stratum_position WHERE plan_id = $1 AND stratum = $2";
constexpr char kUpsertPosition[] =
    "INSERT INTO stratum_position (plan_id, stratum, position) VALUES ($1, $2, $3) "
    "ON CONFLICT (plan_id, stratum) DO UPDATE SET position = excluded.position";
constexpr char kSelectLive[] = "SELECT live_assignments FROM vendor_counter WHERE vendor_id = $1";
constexpr char kSelectSegmentLive[] =
    "SELECT live_assignments FROM segment_load WHERE vendor_id = $1 AND segment = $2";

absl::StatusOr<int64_t> Number(storage::Transaction& transaction, const char* sql,
                               storage::Connection::Parameters parameters) {
  int64_t number = 0;
  RETURN_IF_ERROR(transaction.Query(sql, parameters, [&](const Row& row) {
    number = row.Integer(0);
    return absl::OkStatus();
  }));
  return number;
}

// "plan=…;rule=split" → "split": what the audit log may say of a decision.
std::string_view RuleOf(std::string_view why) {
  const size_t begin = why.find("rule=");
  if (begin == std::string_view::npos) return "";
  return why.substr(begin + 5, why.find(';', begin) - begin - 5);
}

}  // namespace

absl::Status Placer::Expect(const std::vector<std::string>& person_ids,
                            const std::vector<std::string>& account_ids) {
  ASSIGN_OR_RETURN(auto histories,
                   assignments::AssignmentsOfPersons(transaction_.connection(), person_ids));
  for (size_t i = 0; i < person_ids.size(); ++i)
    histories_.insert_or_assign(person_ids[i], std::move(histories[i]));
  std::vector<stops::StopSubject> subjects;
  for (const std::string& id : person_ids) subjects.push_back(stops::StopSubject::Person(id));
  for (const std::string& id : account_ids) subjects.push_back(stops::StopSubject::Account(id));
  return LookForStops(subjects);
}

absl::Status Placer::LookForStops(const std::vector<stops::StopSubject>& subjects) {
  ASSIGN_OR_RETURN(const auto stopped, stops::StoppedAmong(transaction_.connection(), subjects));
  for (const auto& subject : subjects) stopped_.insert_or_assign(KeyOf(subject), false);
  for (const auto& subject : stopped) stopped_.insert_or_assign(KeyOf(subject), true);
  return absl::OkStatus();
}

absl::StatusOr<bool> Placer::Stopped(const stops::StopSubject& subject) {
  auto found = stopped_.find(KeyOf(subject));
  if (found != stopped_.end()) return found->second;
  RETURN_IF_ERROR(LookForStops({subject}));
  return stopped_.at(KeyOf(subject));
}

absl::StatusOr<std::string> Placer::Place(const v1::Person& person, const v1::Account& account) {
  if (!prepared_) {
    ASSIGN_OR_RETURN(router_, plans_.RouterAt(transaction_.connection(), transaction_.now()));
    prepared_ = true;
  }
  ASSIGN_OR_RETURN(History * history, HistoryOf(account.person_id()));
  ASSIGN_OR_RETURN(const std::string reason, Decide(person, account, *history));
  if (reason.empty()) return reason;
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_NOT_PLACED, actor_);
  event.set_account_id(account.account_id());
  event.set_detail(reason);
  audit::Record(transaction_, std::move(event));
  return reason;
}

absl::Status Placer::TouchOthers(const v1::Account& account) {
  ASSIGN_OR_RETURN(History * history, HistoryOf(account.person_id()));
  for (const assignments::Assignment& assignment : *history) {
    if (!assignment.live || assignment.account_id == account.account_id()) continue;
    // What this unit placed is read with the newest owner anyway.
    if (!changes_.PlacedHere(assignment.assignment_id)) changes_.Touch(assignment);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Placer::Decide(const v1::Person& person, const v1::Account& account,
                                           const History& history) {
  for (const auto& subject : {stops::StopSubject::Person(account.person_id()),
                              stops::StopSubject::Account(account.account_id())}) {
    ASSIGN_OR_RETURN(const bool stopped, Stopped(subject));
    // Whatever is stopped was withdrawn when the stop was placed.
    if (stopped) return "STOPPED";
  }
  if (router_ == nullptr) return "NO_PLAN";
  const routing::AccountFacts facts = routing::FactsOf(person, account);
  const auto match = router_->Find(facts);
  ASSIGN_OR_RETURN(History * own, HistoryOf(account.person_id()));
  ASSIGN_OR_RETURN(const bool kept, KeepOrEnd(account, *own, match));
  if (kept) return "";
  if (!match.has_value()) return router_->DecideUnmatched().not_placed_reason;
  ASSIGN_OR_RETURN(int64_t * position, Position(match->segment + "|" + match->stratum));
  ASSIGN_OR_RETURN(
      const routing::Decision decision,
      router_->Decide(facts, *match, SituationOf(account, history, *match, *position)));
  if (decision.takes_position) ++*position;
  if (!decision.placed()) return decision.not_placed_reason;
  RETURN_IF_ERROR(Store(decision, person, account, history));
  return "";
}

// A live assignment for the same work stays (sticky) and is shown anew; one for other work ends.
absl::StatusOr<bool> Placer::KeepOrEnd(const v1::Account& account, History& history,
                                       const std::optional<routing::Router::Match>& match) {
  bool kept = false;
  for (assignments::Assignment& assignment : history) {
    if (!assignment.live || assignment.account_id != account.account_id()) continue;
    if (match.has_value() && assignment.work_type == match->work_type) {
      changes_.Touch(assignment);
      kept = true;
      continue;
    }
    permits::Withdrawn withdrawn;
    RETURN_IF_ERROR(permits::Withdraw(transaction_, changes_, actor_, assignment,
                                    v1::SyncResponse::Withdrawal::REASON_MOVED, &withdrawn));
    assignment.live = false;
  }
  return kept;
}

routing::Situation Placer::SituationOf(const v1::Account& account, const History& history,
                                       const routing::Router::Match& match, int64_t position) {
  routing::Situation situation;
  situation.stratum_position = position;
  for (const assignments::Assignment& assignment : history) {
    if (assignment.work_type != match.work_type) continue;
    if (assignment.account_id == account.account_id())
      situation.groups_had_it.push_back(assignment.vendor_group);
    if (assignment.live && assignment.account_id != account.account_id()) {
      situation.vendor_of_same_person = assignment.vendor_id;
    }
  }
  situation.live_at_vendor = [this](std::string_view vendor_id) -> absl::StatusOr<int64_t> {
    ASSIGN_OR_RETURN(const int64_t live, Number(transaction_, kSelectLive, {vendor_id}));
    return live + changes_.LiveChange(std::string(vendor_id));
  };
  situation.live_in_segment_at_vendor =
      [this, segment = match.segment](std::string_view vendor_id) -> absl::StatusOr<int64_t> {
    ASSIGN_OR_RETURN(const int64_t live,
                     Number(transaction_, kSelectSegmentLive, {vendor_id, segment}));
    return live + changes_.LiveChange(std::string(vendor_id), segment);
  };
  return situation;
}

absl::StatusOr<int64_t*> Placer::Position(const std::string& segment_and_stratum) {
  auto [found, added] = positions_.try_emplace(segment_and_stratum, 0);
  if (added) {
    ASSIGN_OR_RETURN(found->second, Number(transaction_, kSelectPosition,
                                           {router_->plan().plan_id(), segment_and_stratum}));
  }
  return &found->second;
}

absl::Status Placer::Store(const routing::Decision& decision, const v1::Person& person,
                           const v1::Account& account, const History& history) {
  ASSIGN_OR_RETURN(const auto contract,
                   contracts_.Find(transaction_.connection(), decision.vendor_id));
  assignments::Assignment assignment;
  assignment.vendor_id = decision.vendor_id;
  assignment.vendor_group = contract->contract.vendor_group();
  assignment.person_id = account.person_id();
  assignment.account_id = account.account_id();
  assignment.work_type = decision.work_type;
  assignment.segment = decision.segment;
  assignment.country = person.address().country();
  // One more than the last one there is: earlier ones may have been erased.
  int64_t last = 0;
  for (const assignments::Assignment& other : history) {
    if (other.account_id == account.account_id() && other.work_type == decision.work_type)
      last = std::max(last, other.placement);
  }
  assignment.placement = last + 1;
  const auto* terms = contract->Terms(decision.work_type);
  if (terms != nullptr && terms->has_term()) {
    const int64_t term_us = google::protobuf::util::TimeUtil::DurationToMicroseconds(terms->term());
    if (term_us > 0) assignment.expire_time_us = transaction_.now_us() + term_us;
  }
  ASSIGN_OR_RETURN(History * own, HistoryOf(account.person_id()));
  own->push_back(changes_.Place(std::move(assignment), decision.why, RuleOf(decision.why)));
  return absl::OkStatus();
}

absl::StatusOr<Placer::History*> Placer::HistoryOf(const std::string& person_id) {
  auto [found, added] = histories_.try_emplace(person_id);
  if (added) {
    ASSIGN_OR_RETURN(found->second,
                     assignments::AssignmentsOfPerson(transaction_.connection(), person_id));
  }
  return &found->second;
}

absl::Status Placer::Flush() {
  for (const auto& [stratum, position] : positions_) {
    RETURN_IF_ERROR(
        transaction_.Execute(kUpsertPosition, {router_->plan().plan_id(), stratum, position})
            .status());
  }
  positions_.clear();
  return absl::OkStatus();
}

}  // namespace switchboard::ingest

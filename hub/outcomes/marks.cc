#include "hub/outcomes/marks.h"

#include <algorithm>

#include "absl/time/civil_time.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/proto_time.h"
#include "hub/contracts/calendar.h"
#include "hub/outcomes/outcome_check.h"
#include "hub/results/result_check.h"

namespace switchboard::outcomes {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int kPromiseDaysMax = 366;

bool TimeIsDoubtful(const v1::Outcome& outcome, const OutcomeFacts& facts) {
  const absl::Time placed = absl::FromUnixMicros(facts.assignment.place_time_us);
  return TimeOf(outcome.start_time()) < placed - kClockSkewMax ||
         TimeOf(outcome.end_time()) > facts.now + kClockSkewMax;
}

bool PromiseIsDoubtful(const v1::Outcome& outcome, const OutcomeFacts& facts) {
  const v1::Outcome::Promise& promise = outcome.promise();
  // A day before and a day after: the person's own day is not known here.
  const absl::CivilDay contact =
      absl::ToCivilDay(TimeOf(outcome.start_time()), absl::UTCTimeZone());
  const bool parts = promise.plan().instalments_size() > 0;
  const absl::CivilDay due =
      CivilDayOf(parts ? promise.plan().instalments(0).due_date() : promise.due_date());
  if (due < contact - 1 || due > contact + kPromiseDaysMax) return true;
  if (facts.account == nullptr) return false;
  const v1::Money& owed = facts.account->amount_due();
  if (facts.account_is_newer) return false;
  return promise.amount().minor_units() >
         std::max(owed.minor_units(), facts.account->balance().minor_units());
}

// A contract says how long a call or a visit can be; without one nobody does.
bool IsTooLong(const v1::Outcome& outcome, const OutcomeFacts& facts) {
  if (facts.contract == nullptr || !TakesAgentsTime(outcome, facts.channel)) return false;
  const int64_t most = TimeUtil::DurationToMicroseconds(facts.contract->permits().contact_max());
  return most > 0 &&
         TimeOf(outcome.end_time()) - TimeOf(outcome.start_time()) > absl::Microseconds(most);
}

// Without it nobody can prove afterwards what somebody was sent, or where somebody was.
bool IsWithoutParticulars(const v1::Outcome& outcome, const OutcomeFacts& facts) {
  if (!results::IsContact(outcome.result())) return false;
  if (facts.channel == v1::CHANNEL_VISIT) return !outcome.has_visit();
  return IsSent(outcome, facts.channel) && !outcome.has_message();
}

bool IsOutsideCalendar(const v1::Outcome& outcome, const OutcomeFacts& facts) {
  return facts.contract != nullptr && facts.contract->has_calendar() &&
         !contracts::IsAtWork(facts.contract->calendar(), TimeOf(outcome.start_time()));
}

}  // namespace

bool TakesAgentsTime(const v1::Outcome& outcome, v1::Channel channel) {
  return results::IsContact(outcome.result()) &&
         (channel == v1::CHANNEL_PHONE || channel == v1::CHANNEL_VISIT);
}

bool BeganInItsTime(const permits::PermitRow& permit, const v1::Outcome& outcome) {
  const absl::Time start = TimeOf(outcome.start_time());
  return permit.assignment_id == outcome.assignment_id() &&
         start < absl::FromUnixMicros(permit.expire_time_us) &&
         start >= absl::FromUnixMicros(permit.begin_time_us) - kClockSkewMax;
}

bool PermitFits(const permits::PermitRow& permit, const v1::Outcome& outcome, bool used_before) {
  // A correction speaks of the contact that used the permit, an outcome may come late, and a
  // contact may have been under way when its permit became void.
  const bool before_void = permit.state == permits::PermitState::kVoid && permit.attempts > 0 &&
                           TimeOf(outcome.start_time()) < absl::FromUnixMicros(permit.void_time_us);
  const bool free = used_before || permit.state == permits::PermitState::kOpen ||
                    permit.state == permits::PermitState::kExpired || before_void;
  return free && BeganInItsTime(permit, outcome);
}

std::vector<v1::RecordedOutcome::Mark> MarksOf(const v1::Outcome& outcome,
                                               const OutcomeFacts& facts) {
  using Recorded = v1::RecordedOutcome;
  std::vector<Recorded::Mark> marks;
  const auto mark = [&](bool holds, Recorded::Mark one) {
    if (holds) marks.push_back(one);
  };
  const bool contact =
      results::IsContact(outcome.result()) && outcome.direction() != v1::DIRECTION_IN;
  const bool named = !outcome.permit_id().empty();
  const bool fits =
      facts.permit != nullptr && PermitFits(*facts.permit, outcome, facts.used_before);
  mark(!facts.assignment.live, Recorded::MARK_AFTER_WITHDRAWAL);
  mark(contact && !named, Recorded::MARK_WITHOUT_PERMIT);
  mark(contact && named && !fits, Recorded::MARK_PERMIT_NOT_VALID);
  mark(outcome.version() > 1, Recorded::MARK_CORRECTION);
  // A permit says itself that there was a contract, also one that became void when it ended.
  const bool permitted = facts.permit != nullptr && BeganInItsTime(*facts.permit, outcome);
  mark(!facts.had_contract && !permitted, Recorded::MARK_NO_CONTRACT);
  mark(TimeIsDoubtful(outcome, facts), Recorded::MARK_TIME_DOUBTFUL);
  mark(outcome.has_promise() && PromiseIsDoubtful(outcome, facts), Recorded::MARK_PROMISE_DOUBTFUL);
  mark(facts.card_removed, Recorded::MARK_CARD_REMOVED);
  mark(facts.agent.elsewhere, Recorded::MARK_AGENT_ELSEWHERE);
  mark(IsTooLong(outcome, facts), Recorded::MARK_TOO_LONG);
  mark(contact && IsOutsideCalendar(outcome, facts), Recorded::MARK_OUTSIDE_CALENDAR);
  mark(facts.agent.too_far, Recorded::MARK_TOO_FAR);
  mark(IsWithoutParticulars(outcome, facts), Recorded::MARK_WITHOUT_PARTICULARS);
  mark(facts.foreign_sub_contractor, Recorded::MARK_SUB_CONTRACTOR);
  return marks;
}

}  // namespace switchboard::outcomes

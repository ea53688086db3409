#include "hub/promises/promise_change.h"

#include "absl/algorithm/container.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/proto_time.h"
#include "hub/promises/policy.h"

namespace switchboard::promises {
namespace {

using google::protobuf::util::TimeUtil;

v1::PromiseStanding StandingOf(Standing standing) {
  switch (standing) {
    case Standing::kOpen:
      return v1::PROMISE_STANDING_OPEN;
    case Standing::kKept:
      return v1::PROMISE_STANDING_KEPT;
    case Standing::kPartlyKept:
      return v1::PROMISE_STANDING_PARTLY_KEPT;
    case Standing::kBroken:
      return v1::PROMISE_STANDING_BROKEN;
  }
  return v1::PROMISE_STANDING_UNSPECIFIED;
}

v1::Money Money(const std::string& currency_code, int64_t minor_units) {
  v1::Money money;
  money.set_currency_code(currency_code);
  money.set_minor_units(minor_units);
  return money;
}

// Of a plan that ended otherwise than kept, or never binds, nothing is given up: told of each, the
// same amount would be given up as often as it was promised.
bool GivesUp(v1::PromiseStanding standing) {
  return standing == v1::PROMISE_STANDING_PENDING || standing == v1::PROMISE_STANDING_OPEN ||
         standing == v1::PROMISE_STANDING_KEPT;
}

}  // namespace

bool SaysMore(const PromiseRow& row, const PromiseState& state) {
  if (row.standing != state.standing || row.since_us != absl::ToUnixMicros(state.since))
    return true;
  if (AgreedIn(row.record).has_plan() &&
      !absl::c_equal(row.record.instalments(), state.instalments,
                     [](const v1::InstalmentStanding& told, const InstalmentStanding& one) {
                       return told.standing() == StandingOf(one.standing);
                     })) {
    return true;
  }
  // Of an open one the core knows itself what was paid so far.
  return !state.IsLive() && row.record.paid_minor_units() != state.paid;
}

void Follow(const PromiseState& state, PromiseRow& row) {
  row.standing = state.standing;
  row.since_us = absl::ToUnixMicros(state.since);
  row.record.set_paid_minor_units(state.paid);
  row.record.clear_instalments();
  const v1::Outcome::Promise& agreed = AgreedIn(row.record);
  if (!agreed.has_plan()) return;
  const std::vector<Instalment> instalments = InstalmentsOf(agreed);
  for (size_t i = 0; i < instalments.size(); ++i) {
    const InstalmentStanding& standing = state.instalments[i];
    v1::InstalmentStanding& one = *row.record.add_instalments();
    *one.mutable_due_date() = DateOf(instalments[i].due_day);
    *one.mutable_amount() = Money(agreed.amount().currency_code(), instalments[i].amount);
    *one.mutable_paid() = Money(agreed.amount().currency_code(), standing.paid);
    one.set_standing(StandingOf(standing.standing));
    *one.mutable_since_time() =
        TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(standing.since));
  }
}

v1::PromiseChange ChangeOf(const PromiseRow& row, v1::PromiseStanding former) {
  v1::PromiseChange change;
  change.set_vendor_id(row.key.vendor_id);
  change.set_outcome_id(row.key.outcome_id);
  change.set_outcome_version(static_cast<int32_t>(row.version));
  change.set_account_id(row.key.account_id);
  *change.mutable_take_time() = TimeUtil::MicrosecondsToTimestamp(row.take_time_us);
  change.set_standing(row.standing);
  change.set_former_standing(former);
  *change.mutable_since_time() = TimeUtil::MicrosecondsToTimestamp(row.since_us);
  if (row.standing == v1::PROMISE_STANDING_TAKEN_BACK) return change;
  *change.mutable_beyond() = row.record.beyond();
  if (!row.record.has_decision()) return change;
  *change.mutable_decision() = row.record.decision();
  change.mutable_decision()->clear_note();
  return change;
}

v1::PromiseChange SealedOf(const PromiseRow& row) {
  v1::PromiseChange sealed;
  if (row.standing == v1::PROMISE_STANDING_TAKEN_BACK) return sealed;
  const v1::Outcome::Promise& agreed = AgreedIn(row.record);
  *sealed.mutable_amount() = agreed.amount();
  *sealed.mutable_due_date() = agreed.due_date();
  *sealed.mutable_paid() = Money(agreed.amount().currency_code(), row.record.paid_minor_units());
  *sealed.mutable_instalments() = row.record.instalments();
  if (GivesUp(row.standing)) *sealed.mutable_waivers() = agreed.plan().waivers();
  if (!row.record.decision().note().empty())
    sealed.mutable_decision()->set_note(row.record.decision().note());
  return sealed;
}

v1::PromiseRecord DecidedIn(const v1::PromiseRecord& record) {
  v1::PromiseRecord decided;
  *decided.mutable_promise() = record.promise();
  *decided.mutable_decision() = record.decision();
  if (record.has_agreed()) *decided.mutable_agreed() = record.agreed();
  return decided;
}

}  // namespace switchboard::promises

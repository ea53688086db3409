#include "tests/invariants/instalments.h"

#include <cstdint>

namespace switchboard::invariants {
namespace {

using Plan = v1::PaymentPlan;

absl::CivilDay DayOfPart(const Plan::Schedule& schedule, int place) {
  const absl::CivilDay first = DayOf(schedule.first_date());
  if (schedule.interval() == Plan::INTERVAL_MONTH) return MonthsLater(first, place);
  return first + place * (schedule.interval() == Plan::INTERVAL_WEEK ? 7 : 14);
}

}  // namespace

absl::CivilDay DayOf(const v1::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

absl::CivilDay MonthsLater(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  absl::CivilDay same(month.year(), month.month(), day.day());
  while (absl::CivilMonth(same) != month) --same;
  return same;
}

v1::Outcome InParts(v1::Outcome outcome) {
  const Plan::Schedule schedule = outcome.promise().plan().schedule();
  if (!outcome.promise().plan().has_schedule() || schedule.count() < 1) return outcome;
  v1::Outcome::Promise& promise = *outcome.mutable_promise();
  Plan& plan = *promise.mutable_plan();
  plan.clear_schedule();
  int64_t left = promise.amount().minor_units();
  const auto add = [&](int64_t amount) {
    const absl::CivilDay day = DayOfPart(schedule, plan.instalments_size());
    Plan::Instalment& part = *plan.add_instalments();
    part.mutable_due_date()->set_year(static_cast<int32_t>(day.year()));
    part.mutable_due_date()->set_month(day.month());
    part.mutable_due_date()->set_day(day.day());
    *part.mutable_amount() = promise.amount();
    part.mutable_amount()->set_minor_units(amount);
    *promise.mutable_due_date() = part.due_date();
    left -= amount;
  };
  if (schedule.has_down_payment()) add(schedule.down_payment().minor_units());
  const int64_t each = left / schedule.count();
  for (int i = 1; i < schedule.count(); ++i) add(each);
  add(left);
  return outcome;
}

}  // namespace switchboard::invariants

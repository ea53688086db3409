#include "tests/invariants/instalments.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace switchboard::invariants {
namespace {

using Plan = v1::PaymentPlan;

TEST(InstalmentsTest, AMonthThatIsShorterEndsEarlier) {
  const struct {
    absl::CivilDay day;
    int months;
    absl::CivilDay later;
  } cases[] = {
      {absl::CivilDay(2025, 1, 31), 1, absl::CivilDay(2025, 2, 28)},
      {absl::CivilDay(2024, 1, 31), 1, absl::CivilDay(2024, 2, 29)},
      {absl::CivilDay(2025, 1, 31), 2, absl::CivilDay(2025, 3, 31)},
      {absl::CivilDay(2025, 10, 31), 13, absl::CivilDay(2026, 11, 30)},
      {absl::CivilDay(2025, 5, 5), 0, absl::CivilDay(2025, 5, 5)},
  };
  for (const auto& one : cases) EXPECT_EQ(MonthsLater(one.day, one.months), one.later);
}

TEST(InstalmentsTest, AScheduleIsReadAsItsInstalments) {
  const struct {
    int64_t amount, down_payment;
    Plan::Interval interval;
    int count;
    const char* parts;
  } cases[] = {
      {1'000, 0, Plan::INTERVAL_WEEK, 3, "2025-01-31 333, 2025-02-07 333, 2025-02-14 334"},
      {1'000, 400, Plan::INTERVAL_TWO_WEEKS, 2, "2025-01-31 400, 2025-02-14 300, 2025-02-28 300"},
      {1'001, 1, Plan::INTERVAL_MONTH, 2, "2025-01-31 1, 2025-02-28 500, 2025-03-31 500"},
      {1'000, 0, Plan::INTERVAL_MONTH, 1, "2025-01-31 1000"},
  };
  for (const auto& one : cases) {
    v1::Outcome outcome;
    v1::Outcome::Promise& promise = *outcome.mutable_promise();
    promise.mutable_amount()->set_currency_code("JPY");
    promise.mutable_amount()->set_minor_units(one.amount);
    Plan::Schedule& schedule = *promise.mutable_plan()->mutable_schedule();
    if (one.down_payment > 0) schedule.mutable_down_payment()->set_minor_units(one.down_payment);
    schedule.mutable_first_date()->set_year(2025);
    schedule.mutable_first_date()->set_month(1);
    schedule.mutable_first_date()->set_day(31);
    schedule.set_interval(one.interval);
    schedule.set_count(one.count);
    const v1::Outcome::Promise read = InParts(outcome).promise();
    EXPECT_FALSE(read.plan().has_schedule());
    std::vector<std::string> parts;
    for (const Plan::Instalment& part : read.plan().instalments()) {
      EXPECT_EQ(part.amount().currency_code(), "JPY");
      parts.push_back(absl::StrCat(absl::FormatCivilTime(DayOf(part.due_date())), " ",
                                   part.amount().minor_units()));
    }
    EXPECT_EQ(absl::StrJoin(parts, ", "), one.parts);
    EXPECT_EQ(DayOf(read.due_date()),
              DayOf(read.plan().instalments(read.plan().instalments_size() - 1).due_date()));
  }
}

TEST(InstalmentsTest, WhatIsNoScheduleStaysAsItIs) {
  v1::Outcome outcome;
  outcome.mutable_promise()->mutable_amount()->set_minor_units(1'000);
  EXPECT_EQ(InParts(outcome).SerializeAsString(), outcome.SerializeAsString());
  outcome.mutable_promise()->mutable_plan()->mutable_schedule()->set_count(0);
  EXPECT_EQ(InParts(outcome).SerializeAsString(), outcome.SerializeAsString());
}

}  // namespace
}  // namespace switchboard::invariants

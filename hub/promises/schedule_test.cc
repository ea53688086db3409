#include "hub/promises/schedule.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace switchboard::promises {
namespace {

using Day = absl::CivilDay;

std::string Spelt(const std::vector<Instalment>& schedule) {
  return absl::StrJoin(schedule, ", ", [](std::string* out, const Instalment& one) {
    absl::StrAppend(out, absl::FormatCivilTime(one.due_day), " ", one.amount);
  });
}

TEST(ScheduleTest, MonthsEndRightAndTheLastTakesTheRest) {
  const struct {
    ScheduleTerms terms;
    const char* expected;
  } rows[] = {
      {{100, 0, Day(2026, 1, 15), Interval::kMonth, 1}, "2026-01-15 100"},
      {{100, 0, Day(2026, 1, 15), Interval::kMonth, 3},
       "2026-01-15 33, 2026-02-15 33, 2026-03-15 34"},
      // The 31st is the last day of a month that has none, and the 31st again after it.
      {{100, 0, Day(2026, 1, 31), Interval::kMonth, 4},
       "2026-01-31 25, 2026-02-28 25, 2026-03-31 25, 2026-04-30 25"},
      {{2, 0, Day(2028, 1, 30), Interval::kMonth, 2}, "2028-01-30 1, 2028-02-29 1"},
      {{2, 0, Day(2026, 12, 31), Interval::kMonth, 2}, "2026-12-31 1, 2027-01-31 1"},
      // A down payment first.
      {{100, 10, Day(2026, 1, 31), Interval::kMonth, 2},
       "2026-01-31 10, 2026-02-28 45, 2026-03-31 45"},
      {{100, 99, Day(2026, 1, 31), Interval::kMonth, 1}, "2026-01-31 99, 2026-02-28 1"},
      {{7, 0, Day(2026, 12, 28), Interval::kWeek, 3}, "2026-12-28 2, 2027-01-04 2, 2027-01-11 3"},
      {{7, 1, Day(2026, 2, 20), Interval::kTwoWeeks, 2},
       "2026-02-20 1, 2026-03-06 3, 2026-03-20 3"},
      // One minor unit each, at the most.
      {{3, 0, Day(2026, 1, 1), Interval::kWeek, 3}, "2026-01-01 1, 2026-01-08 1, 2026-01-15 1"},
  };
  for (const auto& row : rows) {
    ASSERT_FALSE(CheckTerms(row.terms).has_value()) << row.expected;
    EXPECT_EQ(Spelt(ScheduleOf(row.terms)), row.expected);
  }
}

TEST(ScheduleTest, WhateverTheTermsItSumsUpAndItsDaysGrow) {
  for (int count = 1; count <= kInstalmentsMax; ++count) {
    for (const int64_t total : {int64_t{120}, int64_t{100'003}, int64_t{1'000'000'000'000'000}}) {
      for (const Interval interval : {Interval::kWeek, Interval::kTwoWeeks, Interval::kMonth}) {
        const auto schedule = ScheduleOf({total, 0, Day(2026, 8, 31), interval, count});
        ASSERT_EQ(std::ssize(schedule), count);
        EXPECT_EQ(std::accumulate(schedule.begin(), schedule.end(), int64_t{0},
                                  [](int64_t sum, const auto& one) { return sum + one.amount; }),
                  total);
        for (size_t i = 1; i < schedule.size(); ++i)
          EXPECT_LT(schedule[i - 1].due_day, schedule[i].due_day);
      }
    }
  }
}

TEST(ScheduleTest, TermsThatAreNoneAreRefusedWithTheField) {
  const struct {
    ScheduleTerms terms;
    const char* field;
  } rows[] = {
      {{0, 0, Day(2026, 1, 1), Interval::kMonth, 1}, "total"},
      {{-100, 0, Day(2026, 1, 1), Interval::kMonth, 1}, "total"},
      {{100, 0, Day(2026, 1, 1), Interval::kMonth, 0}, "count"},
      {{100, 0, Day(2026, 1, 1), Interval::kMonth, -1}, "count"},
      {{1'000'000, 0, Day(2026, 1, 1), Interval::kMonth, 600}, "count"},
      {{1'000'000'000'000'001, 0, Day(2026, 1, 1), Interval::kMonth, 1}, "total"},
      {{INT64_MAX, 0, Day(2026, 1, 1), Interval::kMonth, 1}, "total"},
      {{-2, INT64_MAX, Day(2026, 1, 1), Interval::kMonth, 1}, "total"},
      {{1, INT64_MIN, Day(2026, 1, 1), Interval::kMonth, 1}, "down_payment"},
      {{100, -1, Day(2026, 1, 1), Interval::kMonth, 1}, "down_payment"},
      {{100, 100, Day(2026, 1, 1), Interval::kMonth, 1}, "down_payment"},
      {{100, 101, Day(2026, 1, 1), Interval::kMonth, 1}, "down_payment"},
      {{2, 0, Day(2026, 1, 1), Interval::kMonth, 3}, "count"},
      {{3, 1, Day(2026, 1, 1), Interval::kMonth, 3}, "count"},
  };
  for (const auto& row : rows) {
    const auto problem = CheckTerms(row.terms);
    ASSERT_TRUE(problem.has_value()) << row.terms.total << " in " << row.terms.count;
    EXPECT_EQ(problem->field, row.field);
  }
}

}  // namespace
}  // namespace switchboard::promises

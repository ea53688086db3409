#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "hub/base/field_problem.h"
#include "hub/promises/standing.h"

namespace switchboard::promises {

// How far apart instalments are.
enum class Interval { kWeek, kTwoWeeks, kMonth };

// Ten years of months.
inline constexpr int kInstalmentsMax = 120;

// How a debt is to be paid. Amounts in minor units of one currency.
struct ScheduleTerms {
  int64_t total = 0;         // of all instalments and the down payment
  int64_t down_payment = 0;  // due on the first day, before the instalments; 0: none
  absl::CivilDay first_day;  // of the down payment, or of the first instalment if there is none
  Interval interval = Interval::kMonth;
  int count = 0;  // of instalments, without the down payment
};

// What is wrong with the terms: a total that is not positive or beyond what an amount may be, a
// down payment that is negative or leaves nothing, no instalment or too many of them, or more of
// them than minor units.
std::optional<FieldProblem> CheckTerms(const ScheduleTerms& terms);

// The same day of a later month, or that month's last.
absl::CivilDay MonthsAfter(absl::CivilDay day, int months);

// The down payment, if there is one, and the instalments: equal ones, in whole minor units, of
// which the last takes the rest, so that they sum up to the total. Months are counted from the
// first day: the 31st of January is followed by the last of February and the 31st of March.
// REQUIRES: CheckTerms finds nothing.
std::vector<Instalment> ScheduleOf(const ScheduleTerms& terms);

}  // namespace switchboard::promises

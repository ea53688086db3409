#include "hub/promises/schedule.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::promises {
namespace {

absl::CivilDay DayOf(const ScheduleTerms& terms, int place) {
  switch (terms.interval) {
    case Interval::kWeek:
      return terms.first_day + 7 * place;
    case Interval::kTwoWeeks:
      return terms.first_day + 14 * place;
    case Interval::kMonth:
      return MonthsAfter(terms.first_day, place);
  }
  return terms.first_day;
}

}  // namespace

absl::CivilDay MonthsAfter(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month.year(), month.month(), 1) + (day.day() - 1), last);
}

std::optional<FieldProblem> CheckTerms(const ScheduleTerms& terms) {
  FieldCheck check;
  check.Require(terms.total > 0 && terms.total <= kMinorUnitsMax, "total",
                absl::StrCat("must be 1 to ", kMinorUnitsMax, " minor units"));
  check.Require(terms.count >= 1 && terms.count <= kInstalmentsMax, "count",
                absl::StrCat("must be 1 to ", kInstalmentsMax, " instalments"));
  check.Require(terms.down_payment >= 0 && terms.down_payment < terms.total, "down_payment",
                "must not be negative, and leave something for the instalments");
  if (!check.ok()) return check.problem();
  check.Require(terms.total - terms.down_payment >= terms.count, "count",
                "must leave at least one minor unit for each instalment");
  return check.problem();
}

std::vector<Instalment> ScheduleOf(const ScheduleTerms& terms) {
  SWITCHBOARD_ASSERT(!CheckTerms(terms).has_value());
  std::vector<Instalment> schedule;
  if (terms.down_payment > 0) schedule.push_back({terms.first_day, terms.down_payment});
  const int64_t rest = terms.total - terms.down_payment;
  const int64_t each = rest / terms.count;
  for (int i = 0; i < terms.count; ++i) {
    const bool is_last = i == terms.count - 1;
    schedule.push_back({DayOf(terms, static_cast<int>(schedule.size())),
                        is_last ? rest - each * (terms.count - 1) : each});
  }
  return schedule;
}

}  // namespace switchboard::promises

#include "hub/contracts/terms_check.h"

#include "absl/strings/str_cat.h"
#include "hub/base/proto_time.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::contracts {
namespace {

constexpr int kPromiseDaysMax = 366;
constexpr int kPromisesMax = 100;
constexpr int kShiftsMax = 50;

bool IsTime(const v1::TimeOfDay& time) {
  return time.hour() >= 0 && time.minute() >= 0 && time.minute() < 60 &&
         time.hour() * 60 + time.minute() <= 24 * 60;
}

}  // namespace

std::optional<FieldProblem> CheckPromiseTerms(const v1::Contract::PromiseTerms& terms) {
  if (terms.days_ahead_max() < 0 || terms.days_ahead_max() > kPromiseDaysMax)
    return FieldProblem{"promises.days_ahead_max", "must be 0 to 366"};
  if (terms.least_percent() < 0 || terms.least_percent() > 100)
    return FieldProblem{"promises.least_percent", "must be 0 to 100"};
  if (terms.count_max() < 0 || terms.count_max() > kPromisesMax)
    return FieldProblem{"promises.count_max", "must be 1 to 100, or left out"};
  const bool counted = terms.count_max() > 0;
  if (terms.within_days() < (counted ? 1 : 0) || terms.within_days() > kPromiseDaysMax)
    return FieldProblem{"promises.within_days", "must be 1 to 366 with count_max"};
  if (!counted && terms.within_days() > 0)
    return FieldProblem{"promises.within_days", "goes with count_max; give both or none"};
  return std::nullopt;
}

std::optional<FieldProblem> CheckCalendar(const v1::Contract::Calendar& calendar) {
  if (!rules::FindZone(calendar.zone()).has_value())
    return FieldProblem{"calendar.zone", "must be a zone of the IANA database, as Asia/Tokyo"};
  if (calendar.shifts().empty() || calendar.shifts_size() > kShiftsMax)
    return FieldProblem{"calendar.shifts", "must be 1 to 50; leave the calendar out for any time"};
  for (int i = 0; i < calendar.shifts_size(); ++i) {
    const v1::Contract::Shift& shift = calendar.shifts(i);
    const std::string path = absl::StrCat("calendar.shifts[", i, "].");
    for (const int day : shift.weekdays()) {
      if (day == v1::WEEKDAY_UNSPECIFIED || !v1::Weekday_IsValid(day))
        return FieldProblem{path + "weekdays", "must be days from MON to SUN"};
    }
    if (!shift.has_from() || !IsTime(shift.from()) || shift.from().hour() == 24)
      return FieldProblem{path + "from", "must be a time of day as 09:00"};
    if (!shift.has_to() || !IsTime(shift.to()))
      return FieldProblem{path + "to", "must be a time of day as 18:00, at most 24:00"};
  }
  for (int i = 0; i < calendar.closed_days_size(); ++i) {
    FieldCheck check;
    const std::string path = absl::StrCat("calendar.closed_days[", i, "]");
    check.Day(calendar.closed_days(i), path);
    if (!check.ok()) return FieldProblem{path, check.problem()->problem};
    if (i > 0 && CivilDayOf(calendar.closed_days(i)) <= CivilDayOf(calendar.closed_days(i - 1)))
      return FieldProblem{path, "must be later than the one before it"};
  }
  return std::nullopt;
}

}  // namespace switchboard::contracts

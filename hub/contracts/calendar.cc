#include "hub/contracts/calendar.h"

#include "absl/algorithm/container.h"
#include "hub/base/proto_time.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::contracts {
namespace {

v1::Weekday WeekdayOf(absl::CivilDay day) {
  // absl counts from Monday, as ISO 8601 does.
  return static_cast<v1::Weekday>(static_cast<int>(absl::GetWeekday(day)) + 1);
}

bool WorksOn(const v1::Contract::Calendar& calendar, const v1::Contract::Shift& shift,
             absl::CivilDay day) {
  if (absl::c_any_of(calendar.closed_days(),
                     [day](const v1::Date& closed) { return CivilDayOf(closed) == day; }))
    return false;
  return shift.weekdays().empty() || absl::c_linear_search(shift.weekdays(), WeekdayOf(day));
}

// What the clock shows then, the end of the day as midnight of the next one.
absl::CivilMinute At(absl::CivilDay day, const v1::TimeOfDay& time) {
  return absl::CivilMinute(day) + 60 * time.hour() + time.minute();
}

}  // namespace

bool IsAtWork(const v1::Contract::Calendar& calendar, absl::Time time) {
  if (calendar.shifts().empty()) return true;
  const auto zone = rules::FindZone(calendar.zone());
  if (!zone.has_value()) return true;
  const absl::CivilMinute shown = absl::ToCivilMinute(time, *zone);
  return absl::c_any_of(calendar.shifts(), [&](const v1::Contract::Shift& shift) {
    for (const absl::CivilDay day : {absl::CivilDay(shown) - 1, absl::CivilDay(shown)}) {
      const absl::CivilMinute from = At(day, shift.from());
      absl::CivilMinute to = At(day, shift.to());
      if (to <= from) to += 24 * 60;
      if (WorksOn(calendar, shift, day) && shown >= from && shown < to) return true;
    }
    return false;
  });
}

}  // namespace switchboard::contracts

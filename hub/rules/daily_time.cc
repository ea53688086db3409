#include "hub/rules/daily_time.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "hub/rules/zone_clock.h"

namespace switchboard::rules {
namespace {

// How far the next opening is looked for; hours that stay closed longer are looked at again then.
constexpr int kDaysAhead = 40;

bool HasDay(const DailyTime& times, absl::CivilDay day) {
  return (times.weekdays >> static_cast<int>(absl::GetWeekday(day)) & 1) != 0;
}

struct Span {
  absl::CivilSecond from, to;
};

// The times that begin on `day`.
Span SpanOf(const DailyTime& times, absl::CivilDay day) {
  const absl::CivilDay last = times.from_minute > times.to_minute ? day + 1 : day;
  return {absl::CivilSecond(absl::CivilMinute(day) + times.from_minute),
          absl::CivilSecond(absl::CivilMinute(last) + times.to_minute)};
}

// Not beyond the next change of clocks: what the clock shows thereafter is looked at anew.
absl::Time UntilShown(absl::TimeZone zone, absl::CivilSecond shown, absl::Time time) {
  return std::min(NextShowing(zone, shown, time), NextChangeOfClock(zone, time));
}

bool IsClosedDay(const OpenHours& hours, absl::CivilDay day) {
  const auto now = std::pair(day.month(), day.day());
  return std::any_of(hours.closed.begin(), hours.closed.end(), [&](const auto& days) {
    const auto from = std::pair(days.from_month, days.from_day);
    const auto through = std::pair(days.through_month, days.through_day);
    return from <= through ? now >= from && now <= through : now >= from || now <= through;
  });
}

// The times at which `day` is open, where days that the calendar does not know are holidays or not.
const std::vector<DailyTime>& TimesOf(const OpenHours& hours, absl::CivilDay day,
                                      bool unknown_is_holiday) {
  static const auto& all_day = *new std::vector<DailyTime>{DailyTime()};
  const bool known = day >= hours.covers_from && day <= hours.covers_through;
  const bool holiday =
      hours.has_calendar && (known ? hours.holidays.contains(day) : unknown_is_holiday);
  if (holiday) return hours.open_on_holidays;
  return hours.open.empty() ? all_day : hours.open;
}

Truth IsOpenIf(const OpenHours& hours, absl::TimeZone zone, absl::Time time,
               bool unknown_is_holiday) {
  const absl::CivilSecond shown = zone.At(time).cs;
  const absl::CivilDay today(shown);
  // What runs over midnight ends there if the next day is closed.
  const auto end_of_day = absl::CivilSecond(today + 1);
  if (IsClosedDay(hours, today)) return {false, UntilShown(zone, end_of_day, time)};
  for (const absl::CivilDay day : {today - 1, today}) {
    if (IsClosedDay(hours, day)) continue;
    for (const DailyTime& times : TimesOf(hours, day, unknown_is_holiday)) {
      const Span span = SpanOf(times, day);
      if (!HasDay(times, day) || shown < span.from || shown >= span.to) continue;
      return {true, UntilShown(zone, std::min(span.to, end_of_day), time)};
    }
  }
  for (int ahead = 0; ahead <= kDaysAhead; ++ahead) {
    const absl::CivilDay day = today + ahead;
    if (IsClosedDay(hours, day)) continue;
    std::optional<absl::CivilSecond> next;
    for (const DailyTime& times : TimesOf(hours, day, unknown_is_holiday)) {
      const Span span = SpanOf(times, day);
      if (HasDay(times, day) && span.from > shown)
        next = std::min(next.value_or(span.from), span.from);
    }
    if (next) return {false, UntilShown(zone, *next, time)};
  }
  return {false, UntilShown(zone, absl::CivilSecond(today + kDaysAhead), time)};
}

}  // namespace

Truth IsWithin(const DailyTime& times, absl::TimeZone zone, absl::Time time) {
  OpenHours hours;
  hours.open = {times};
  return IsOpen(hours, zone, time);
}

Truth IsOpen(const OpenHours& hours, absl::TimeZone zone, absl::Time time) {
  const Truth on_working_days = IsOpenIf(hours, zone, time, /*unknown_is_holiday=*/false);
  if (!hours.has_calendar) return on_working_days;
  return And(on_working_days, IsOpenIf(hours, zone, time, /*unknown_is_holiday=*/true));
}

}  // namespace switchboard::rules

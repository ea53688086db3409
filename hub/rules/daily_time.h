#pragma once

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "hub/rules/facts.h"
#include "hub/rules/truth.h"

namespace switchboard::rules {

// Whether it is one of these times on the clock of `zone`.
Truth IsWithin(const DailyTime& times, absl::TimeZone zone, absl::Time time);

// The hours of a rule. Immutable.
struct OpenHours {
  std::vector<DailyTime> open;  // empty: all day
  bool has_calendar = false;
  std::vector<DailyTime> open_on_holidays;  // empty: nothing
  absl::flat_hash_set<absl::CivilDay> holidays;
  absl::CivilDay covers_from, covers_through;  // days of which the calendar speaks

  struct YearDays {
    int from_month, from_day, through_month, through_day;
  };
  std::vector<YearDays> closed;
};

// Whether the hours are open on the clock of `zone`. A day of which the calendar does not speak is
// taken as a working day and as a holiday: both must be open.
Truth IsOpen(const OpenHours& hours, absl::TimeZone zone, absl::Time time);

}  // namespace switchboard::rules

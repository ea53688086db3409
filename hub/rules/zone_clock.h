#pragma once

#include <optional>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// The clock on a wall somewhere: what it shows, and when. Clocks are put forward and back; a time
// that is shown twice is shown twice here.

namespace switchboard::rules {

// A zone of the IANA database, as Asia/Tokyo; nothing if there is none of this name. Never the
// machine's own zone, nor a file.
std::optional<absl::TimeZone> FindZone(std::string_view name);

// The day that the clock of `zone` shows.
absl::CivilDay DayAt(absl::TimeZone zone, absl::Time time);

// The first instant of a day.
absl::Time StartOfDay(absl::TimeZone zone, absl::CivilDay day);

// The first instant after `after` at which the clock shows `shown`, or passes it by.
absl::Time NextShowing(absl::TimeZone zone, absl::CivilSecond shown, absl::Time after);

// When the clock is next put forward or back after `after`; the infinite future if never.
absl::Time NextChangeOfClock(absl::TimeZone zone, absl::Time after);

}  // namespace switchboard::rules

#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "hub/base/hub_clock.h"

namespace switchboard::demo {

// The day of the demo: from Wednesday, 4 November 2026, 7:00 in Tokyo, where the evening before has
// begun on the American west coast. No holiday of any pack, and no clock is changed on it. A day
// takes 36 seconds.

// The day, begun at `now` of the true clock.
Rehearsal DemoDayFrom(absl::Time now);

// The day before, in UTC: everything that anybody did is as of it or later.
absl::CivilDay DayBeforeDemoDay();

// The day on the clocks of Tokyo, where most of the people live.
absl::CivilDay DayInTokyo(absl::Time time);

// As the demo tells its processes: microseconds of the begin and of what the clock says then, and
// the speed, with commas between. Errors: INVALID_ARGUMENT, OPTION_INVALID.
std::string TextOfDay(const Rehearsal& day);
absl::StatusOr<Rehearsal> DayOfText(const std::string& text);

}  // namespace switchboard::demo

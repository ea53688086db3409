#pragma once

#include <cstdint>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace switchboard {

// Days as tables have them: days since 1970-01-01.
inline int64_t DayNumberOf(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }

inline absl::CivilDay DayOfNumber(int64_t number) { return absl::CivilDay(1970, 1, 1) + number; }

// That of a moment, in UTC.
inline int64_t DayNumberAt(absl::Time time) {
  return DayNumberOf(absl::ToCivilDay(time, absl::UTCTimeZone()));
}

}  // namespace switchboard

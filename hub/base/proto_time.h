#pragma once

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard {

// Days and times of messages as the code reckons with them.

// What is no day of the calendar becomes one: the 30th of February the 1st or 2nd of March.
inline absl::CivilDay CivilDayOf(const v1::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

inline v1::Date DateOf(absl::CivilDay day) {
  v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

// Without the range checks of protobuf's TimeUtil: what somebody reports may be any time.
inline absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

}  // namespace switchboard

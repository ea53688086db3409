#pragma once

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::masking {

// The day it is where a person lives. Zones are those of ICU's copy of the tz database.
// Thread-safe.

// The IANA zone: that of the country of the address; without one, of the region that the language
// names or is mostly spoken in (CLDR's likely subtags: "ja" is JP, "zh-Hant" is TW); else UTC. In a
// country of several zones the one that most of its people live in, from the table in own_day.cc.
std::string HomeZone(const v1::Person& person);

absl::CivilDay OwnDay(const v1::Person& person, absl::Time now);

// The first instant after `now` at which AgeBand (partial_masks.h) gives another band for the
// person's own day: the midnight at which the person becomes a multiple of ten years old, or is
// born. Nothing without a birth date, or with one that the calendar does not have.
std::optional<absl::Time> NextAgeBandChange(const v1::Person& person, absl::Time now);

// The same of the band at the end of the month, which MASK_BIRTHDAY_HIDDEN shows: LastDayOfMonth of
// the own day. It changes with the month of such a birthday, at the instant at which that begins.
absl::CivilDay LastDayOfMonth(absl::CivilDay day);
std::optional<absl::Time> NextHiddenBirthdayChange(const v1::Person& person, absl::Time now);

}  // namespace switchboard::masking

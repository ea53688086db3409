#pragma once

#include <optional>
#include <string_view>

#include "absl/time/time.h"

namespace switchboard::rules {

// A zone, and the number of its clock in this process. Zones whose clocks show the same from 2020
// on have one number, whatever they are called: Asia/Tokyo and Japan, America/Boise and
// America/Denver. To contact rules they are one.
struct KnownZone {
  absl::TimeZone zone;
  int clock = 0;
};

// By a name of the IANA database; nothing if there is none of this name (zone_clock.h). A clock is
// worked out once. Thread-safe.
std::optional<KnownZone> FindKnownZone(std::string_view name);

}  // namespace switchboard::rules

#pragma once

#include "absl/time/civil_time.h"
#include "switchboard/v1/outcome.pb.h"
#include "switchboard/v1/values.pb.h"

// The arithmetic of paying in parts, done once more. Pure.

namespace switchboard::invariants {

absl::CivilDay DayOf(const v1::Date& date);

// The same day so many months later, or the last one before it that the month has.
absl::CivilDay MonthsLater(absl::CivilDay day, int months);

// An outcome as it is recorded: where its plan has a schedule, with the instalments that follow
// from it in its place. Of a schedule that is none it is left as it is.
v1::Outcome InParts(v1::Outcome outcome);

}  // namespace switchboard::invariants

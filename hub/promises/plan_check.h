#pragma once

#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "hub/base/field_problem.h"
#include "switchboard/v1/outcome.pb.h"

// Whether what somebody says of a plan is one. Pure.

namespace switchboard::promises {

// Checks how an amount is to be paid in parts, and makes instalments and the due date of a
// schedule, whose place they take. `path`: of the promise, as "promise."; of texts card numbers are
// gone. `from`: the day, in UTC, of the contact or of the decision; from then on a plan lasts at
// most as long as a contract can let one last, with a day of slack for zones. REQUIRES: the promise
// has a plan, and its amount was checked.
void AdmitPlan(v1::Outcome::Promise& promise, std::string_view path, absl::CivilDay from,
               FieldCheck& check);

}  // namespace switchboard::promises

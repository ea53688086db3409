#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/outcome.pb.h"

// What a vendor may agree to by itself. Pure.

namespace switchboard::promises {

// What of a plan is beyond the authority of whoever proposed it, in the order of the numbers; none:
// it binds at once. `terms`: of the contract of the contact, null where that has none or there was
// none. `days_ahead_max`: how many days after the contact the first part may be due. `owed`: what
// is due on the account as of the contact, null where that is not known.
// `zones`: in which the person may be, at least one; a day that is right in one of them is right.
// REQUIRES: `promise` has a plan that AdmitPlan let pass.
std::vector<v1::PaymentPlan::Beyond> BeyondAuthority(const v1::Outcome::Promise& promise,
                                                     absl::Time take_time,
                                                     const v1::Contract::PlanTerms* terms,
                                                     int days_ahead_max, const v1::Money* owed,
                                                     const std::vector<absl::TimeZone>& zones);

}  // namespace switchboard::promises

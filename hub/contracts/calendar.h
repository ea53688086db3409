#pragma once

#include "absl/time/time.h"
#include "switchboard/v1/contract.pb.h"

namespace switchboard::contracts {

// Whether a vendor's agents are at work then. A calendar without shifts: at any time. A shift that
// goes over midnight belongs to the day on which it begins.
bool IsAtWork(const v1::Contract::Calendar& calendar, absl::Time time);

}  // namespace switchboard::contracts

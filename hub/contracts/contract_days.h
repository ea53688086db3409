#pragma once

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "hub/contracts/contracts.h"

namespace switchboard::contracts {

// The first day without a contract: of the gap that `today` lies in, or else of the next one to
// come. Before today it is the day that the last contract ended; of a vendor whose first contract
// has not begun yet it is the day of its release. Nothing: every day from today on has one.
// `versions`: all of a vendor, oldest first, at least one. Days are in UTC.
std::optional<absl::CivilDay> FirstDayWithout(const std::vector<ContractVersion>& versions,
                                              absl::CivilDay today);

// Since which day a vendor has been out of force without a break: never before the day on which its
// newest version was released, since until then others decided. Nothing: it has a contract today.
// `versions` as above.
std::optional<absl::CivilDay> OutSince(const std::vector<ContractVersion>& versions,
                                       absl::CivilDay today);

}  // namespace switchboard::contracts

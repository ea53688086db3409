#pragma once

#include <vector>

#include "absl/time/time.h"
#include "hub/rules/hearing.h"
#include "hub/rules/truth.h"
#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::rules {

// When a contact of `at` leaves the window, on the clock of `zone`.
absl::Time EndOf(const v1::RulePack::Window& window, absl::TimeZone zone, absl::Time at);

// How many contacts stand in a window, where most of them do.
struct Counted {
  int count = 0;
  Truth reaches;  // whether there are `limit` of them in one zone, or in all (Sense)
};
// `contacts`: of the history, growing. REQUIRES: limit >= 0; a checked window.
Counted CountIn(const v1::RulePack::Window& window, const std::vector<int>& contacts, int limit,
                const Hearing& hearing, absl::Time time, Sense sense);

}  // namespace switchboard::rules

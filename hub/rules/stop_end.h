#pragma once

#include <optional>

#include "absl/time/time.h"
#include "hub/rules/compiled_pack.h"
#include "switchboard/v1/rule_pack.pb.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::rules {

// When a stop that began at `begin` is over by what a rule says of stops that name no end; the
// infinite future where it has none.
absl::Time EndOfStop(const v1::RulePack::Stop& rule, absl::TimeZone home_zone, absl::Time begin);

// The same by every rule that speaks of stops of this reason and holds at `now`: the latest end.
// Nothing where no rule speaks of them, or one of them has no end.
std::optional<absl::Time> EndOfStop(const Packs& packs, v1::StopReason reason, absl::Time begin,
                                    absl::Time now);

}  // namespace switchboard::rules

#pragma once

#include "absl/time/time.h"
#include "hub/rules/facts.h"
#include "hub/rules/hearing.h"
#include "hub/rules/truth.h"
#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::rules {

// Whether a request is one of these.
bool IsAsk(const v1::RulePack::Ask& ask, const Request& request);

// Whether the rule is about such requests.
bool SpeaksOf(const v1::RulePack::Rule& rule, const Request& request);

// Whether a condition holds at `time`, which is not before the moment of asking: later times say
// what would be so if nothing else happened. REQUIRES: of a checked pack.
Truth Holds(const v1::RulePack::Condition& condition, Hearing& hearing, absl::Time time,
            Sense sense);

}  // namespace switchboard::rules

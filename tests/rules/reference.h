#pragma once

#include "absl/time/time.h"
#include "hub/rules/facts.h"
#include "switchboard/v1/rule_pack.pb.h"

// The rules of rule_pack.proto once more, slow and plain: each question is answered by looking at
// every contact, on every clock, with days counted one by one. Shares no line with the engine,
// which a property test compares with it.

namespace switchboard::tests {

// Whether one rule refuses, or would if it is of strength SHOULD, at `now`.
bool ReferenceRefuses(const v1::RulePack& pack, const v1::RulePack::Rule& rule,
                      const rules::Facts& facts, absl::Time now);

}  // namespace switchboard::tests

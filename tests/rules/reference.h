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

// Parts of that, for who does not know everything that a rule asks about.

// Whether the request is one of these.
bool ReferenceFits(const v1::RulePack::Ask& ask, const rules::Request& request);
// Whether the rule is in force at `now` and speaks of such requests, whatever its exceptions say.
bool ReferenceSpeaks(const v1::RulePack& pack, const v1::RulePack::Rule& rule,
                     const rules::Request& request, absl::Time now);
// How many contacts of the history fit and lie in the window, on the clock of one zone.
int ReferenceCount(const v1::RulePack& pack, const v1::RulePack::Contacts& contacts,
                   const v1::RulePack::Window& window, const rules::Facts& facts,
                   absl::TimeZone zone, absl::Time now);

}  // namespace switchboard::tests

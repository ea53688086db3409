#pragma once

#include <cstdint>
#include <vector>

#include "switchboard/v1/rule_pack.pb.h"
#include "tests/invariants/invariants.h"

// Which rules of a pack can be judged again from the audit log and the core's events. Pure; shares
// no line with the hub's engine.

namespace switchboard::invariants {

// A rule of a pack, both of which must outlive it: HOURS, or COUNT and COOL_DOWN, which is a count
// of at most none.
struct RecountedRule {
  const v1::RulePack* pack = nullptr;
  const v1::RulePack::Rule* rule = nullptr;
  bool warns_only = false;
  // What is counted, in which window; null of a rule about hours.
  const v1::RulePack::Contacts* contacts = nullptr;
  const v1::RulePack::Window* window = nullptr;
  int64_t refuses_from = 0;  // so many contacts
};

// Every rule of the pack that hours, counts or pauses are. Rules of the other kinds, FORBID and
// ONLY_IF, count nothing and are left out: they ask for wishes, words and stops, which do not stand
// in the log. What is said in a way that the log does not suffice for, or that is not known here at
// all, goes to `not_understood`, a sentence a rule:
// - exceptions (`unless`) other than what is asked for, a consent or an answer: whether they held
//   cannot be known, so that nobody could be accused;
// - products: of accounts the log says none;
// - a strength that binds some requests and warns of others.
std::vector<RecountedRule> RecountedRules(const v1::RulePack& pack, Violations& not_understood);

}  // namespace switchboard::invariants

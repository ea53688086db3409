#pragma once

#include "hub/base/field_problem.h"
#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::rules {

// Where a pack holds, and the parts of its country that it names, held to what rule_pack.proto
// states.
void CheckRegions(const v1::RulePack& pack, FieldCheck* check);

}  // namespace switchboard::rules

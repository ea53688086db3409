#pragma once

#include <optional>

#include "hub/base/field_problem.h"
#include "hub/rules/facts.h"
#include "switchboard/v1/rule_cases.pb.h"

namespace switchboard::rules {

// The facts of a case as rules are asked about them, with what it leaves out filled in. What is
// missing or makes no sense is told to `check`, by its path below the facts; the result is of use
// only if it has no problem.
Facts FactsOf(const v1::RuleFacts& facts, FieldCheck* check);

}  // namespace switchboard::rules

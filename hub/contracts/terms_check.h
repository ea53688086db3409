#pragma once

#include <optional>

#include "hub/base/field_problem.h"
#include "switchboard/v1/contract.pb.h"

// Parts of the check of a contract's text (contract_check.h). What is wrong is told with its path
// in the contract.

namespace switchboard::contracts {

std::optional<FieldProblem> CheckPromiseTerms(const v1::Contract::PromiseTerms& terms);

// Of a calendar that is there.
std::optional<FieldProblem> CheckCalendar(const v1::Contract::Calendar& calendar);

}  // namespace switchboard::contracts

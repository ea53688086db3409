#pragma once

#include <optional>

#include "hub/base/field_problem.h"
#include "switchboard/v1/contract.pb.h"

// Parts of the check of a contract's text (contract_check.h). What is wrong is told with its path
// in the contract.

namespace switchboard::contracts {

// The longest that a contract lets a payment plan last, in months, and so any plan.
inline constexpr int kPlanMonthsMax = 120;

std::optional<FieldProblem> CheckPromiseTerms(const v1::Contract::PromiseTerms& terms);
std::optional<FieldProblem> CheckPlanTerms(const v1::Contract::PlanTerms& terms);

std::optional<FieldProblem> CheckRecordingTerms(const v1::Contract::RecordingTerms& terms);
std::optional<FieldProblem> CheckDeletionTerms(const v1::Contract::DeletionTerms& terms);

// What is head office's alone, and whom the vendor may hand work to.
std::optional<FieldProblem> CheckHeadOffice(const v1::Contract& contract);

// Of a calendar that is there.
std::optional<FieldProblem> CheckCalendar(const v1::Contract::Calendar& calendar);

}  // namespace switchboard::contracts

#pragma once

#include <optional>
#include <string>

#include "hub/base/field_problem.h"
#include "switchboard/v1/contract.pb.h"

// What a contract lets be unmasked for a time (contract_check.h).

namespace switchboard::contracts {

// The first problem of what `terms` let be unmasked, with its path; `path` is that of the terms.
std::optional<FieldProblem> CheckUnmaskings(const v1::Contract::WorkTerms& terms,
                                            const std::string& path);
// Of Contract.unmaskings_per_hour.
std::optional<FieldProblem> CheckUnmaskingsPerHour(const v1::Contract& contract);

// Fills in what such terms leave out.
void FillUnmaskings(v1::Contract* contract);

}  // namespace switchboard::contracts

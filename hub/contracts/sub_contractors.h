#pragma once

#include <optional>
#include <string_view>

#include "absl/time/civil_time.h"
#include "hub/base/field_problem.h"
#include "switchboard/v1/contract.pb.h"

// Companies that work for a vendor and see data of its work (Contract.sub_contractors).

namespace switchboard::contracts {

// What is wrong with a contract's; with its path.
std::optional<FieldProblem> CheckSubContractors(const v1::Contract& contract);

// Whether the contract names this one on that day (UTC), for some of its work …
bool IsRegistered(const v1::Contract& contract, std::string_view sub_contractor_id,
                  absl::CivilDay day);
// … or for work of this type.
bool IsRegisteredFor(const v1::Contract& contract, std::string_view sub_contractor_id,
                     v1::WorkType work_type, absl::CivilDay day);

}  // namespace switchboard::contracts

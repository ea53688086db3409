#pragma once

#include <optional>

#include "hub/base/field_problem.h"
#include "switchboard/v1/account.pb.h"

namespace switchboard::ingest {

// Every rule of account.proto and person.proto that needs nothing but the record.
std::optional<FieldProblem> CheckRecord(const v1::AccountRecord& record);

}  // namespace switchboard::ingest

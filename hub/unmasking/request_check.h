#pragma once

#include <optional>

#include "hub/base/field_problem.h"
#include "switchboard/v1/unmasking.pb.h"

namespace switchboard::unmasking {

// The first problem of a request to see more, as far as it can be told without the book.
std::optional<FieldProblem> CheckUnmaskingRequest(const v1::RequestUnmaskingRequest& request);

}  // namespace switchboard::unmasking

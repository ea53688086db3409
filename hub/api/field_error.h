#pragma once

#include <string>

#include "hub/base/error.h"
#include "hub/base/field_problem.h"

namespace switchboard::api {

// INVALID_ARGUMENT, FIELD_INVALID; metadata "field" names it.
inline absl::Status FieldInvalid(const FieldProblem& problem) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               problem.field + ": " + problem.problem, {{"field", problem.field}});
}

// A limit of a page that a caller may leave out: `value` is 0 or 1 to `max`.
inline void CheckPage(int value, int max, std::string_view field, FieldCheck& check) {
  check.Require(value >= 0 && value <= max, field,
                "must be 1 to " + std::to_string(max) + ", or 0 for the default");
}

}  // namespace switchboard::api

#pragma once

#include <string>

#include "hub/base/field_problem.h"

namespace switchboard::api {

// A limit of a page that a caller may leave out: `value` is 0 or 1 to `max`.
inline void CheckPage(int value, int max, std::string_view field, FieldCheck& check) {
  check.Require(value >= 0 && value <= max, field,
                "must be 1 to " + std::to_string(max) + ", or 0 for the default");
}

// What is read of such a limit: all of a page where it was left out.
inline int PageOf(int value, int max) { return value == 0 ? max : value; }

}  // namespace switchboard::api

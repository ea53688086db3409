#pragma once

#include <string>

#include "absl/status/status.h"
#include "clients/cli/hub_calls.h"

namespace switchboard::cli {

// An error as an operator needs it, in one line with its end: what happened, the reason by name,
// and the way out where one is known.
std::string ProblemText(const absl::Status& status, const Connection& connection);

}  // namespace switchboard::cli

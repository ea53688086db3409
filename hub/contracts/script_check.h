#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "switchboard/v1/script.pb.h"

namespace switchboard::contracts {

// Reads a script and holds it to everything that script.proto states. Refused as well, each with
// its place and the way out: what reaches somebody in its ids and title, and card numbers anywhere,
// since a script speaks of nobody.
//
// `file_name` names the text in errors. Errors: INVALID_ARGUMENT with metadata file, line, column,
// field; YAML_INVALID when the text does not fit the schema, SCRIPT_INVALID when it breaks a rule.
absl::StatusOr<v1::Script> ParseScript(std::string_view yaml, std::string_view file_name);

}  // namespace switchboard::contracts

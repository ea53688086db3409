#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::rules {

// Most bytes of a pack's text.
inline constexpr size_t kPackBytesMax = 256 * 1024;

// Reads a rule pack and holds it to everything that rule_pack.proto states. Refused, each with its
// place and the way out: what is out of range or negative, rule ids that stand twice or are not the
// pack's, days in the wrong order, zones and calendars that do not exist, windows of nothing, rules
// that say nothing, stops of reasons that packs do not hear.
//
// `file_name` names the text in errors. Errors: INVALID_ARGUMENT with metadata file, line, column,
// field; YAML_INVALID when the text does not fit the schema, RULE_PACK_INVALID when it breaks a
// rule.
absl::StatusOr<v1::RulePack> ParseRulePack(std::string_view yaml, std::string_view file_name);

// Whether rules ask packs about stops of this reason. Those of the others end every contact and are
// decided before any pack is heard.
bool IsHeardByPacks(v1::StopReason reason);

}  // namespace switchboard::rules

#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "switchboard/v1/code_map.pb.h"

namespace switchboard::results {

// Most bytes of a map's text.
inline constexpr size_t kMapBytesMax = 256 * 1024;
// Most codes of a map.
inline constexpr int kCodesMax = 2'000;

// Reads a code map and holds it to everything that code_map.proto states. Refused, each with its
// place and the way out: declared codes without a meaning, or with two; meanings of codes that
// nobody declared; same_as that leads to no code, or back to itself; results that contradict
// themselves (result_check.h); what is out of range.
//
// `file_name` names the text in errors. Errors: INVALID_ARGUMENT with metadata file, line, column,
// field; YAML_INVALID when the text does not fit the schema, CODE_MAP_INVALID when it breaks a
// rule.
absl::StatusOr<v1::CodeMap> ParseCodeMap(std::string_view yaml, std::string_view file_name);

// Whether a vendor may have such a code: 1 to 64 printable ASCII characters.
bool IsVendorCode(std::string_view code);

}  // namespace switchboard::results

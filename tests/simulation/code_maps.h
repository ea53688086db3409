#pragma once

#include <string>

#include "adapters/codes/call_code.h"
#include "switchboard/v1/outcome.pb.h"

// The codes of the one vendor of a run that has codes of its own, and what versions of its map say.

namespace switchboard::simulation {

inline constexpr char kCodingVendor[] = "asahi";

// YAML of a version. The first one has no meaning for CLAIMS_PAID; the others have, and say of
// CALL_BACK something else than the one before.
std::string CodeMapYaml(int version);

}  // namespace switchboard::simulation

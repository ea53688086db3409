#pragma once

#include <string>
#include <string_view>

#include "hub/base/yaml_tree.h"

namespace switchboard {

// What to do about a text that is not YAML at `place`, for the slips that people make: a value that
// begins with a sign of YAML's own ("[::]:8443") or holds one and is not in quotes, a colon without
// a blank after it, a wide colon, a line further in than it can be. Begins with "; "; empty when
// nothing is known.
std::string YamlWayOut(std::string_view text, YamlPlace place);

}  // namespace switchboard

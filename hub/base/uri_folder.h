#pragma once

#include <string_view>

// Addresses under an address that somebody was given to put things.

namespace switchboard {

// Whether `uri` is such an address: it ends with one slash, has neither a query nor a fragment, and
// its path leads where it says.
bool IsUriFolder(std::string_view uri);

// Whether what `uri` names lies in `folder`, whoever follows its path: none of its segments is "."
// or "..", and it has no backslash, nor a dot, slash or backslash that is escaped, which some take
// for these. Pure text: nothing is asked of anybody. REQUIRES: IsUriFolder(folder).
bool LiesInUriFolder(std::string_view uri, std::string_view folder);

}  // namespace switchboard

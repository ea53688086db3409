#pragma once

#include <string>
#include <string_view>

namespace switchboard {

// True for a number in the form of ITU-T E.164 (a plus sign and 4 to 15 digits, none of them a
// leading zero) whose country code exists and whose length that country has (libphonenumber's
// "possible"). Whether it is assigned is not asked: no number that exists is refused.
// Thread-safe.
bool IsPossiblePhone(std::string_view text);

// The same text for every spelling that reaches the same line: a trunk prefix's zero behind the
// country code ("+81090…") is taken out where the number exists without it and not with it, as the
// zeros of Italy do. Anything that is no possible number comes back as it is. Thread-safe.
std::string LineOf(std::string_view phone);

}  // namespace switchboard

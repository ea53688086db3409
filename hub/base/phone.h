#pragma once

#include <string_view>

namespace switchboard {

// True for a number in the form of ITU-T E.164 (a plus sign and 4 to 15 digits, none of them a
// leading zero) whose country code exists and whose length that country has (libphonenumber's
// "possible"). Whether it is assigned is not asked: no number that exists is refused.
// Thread-safe.
bool IsPossiblePhone(std::string_view text);

}  // namespace switchboard

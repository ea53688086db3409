#pragma once

#include <cstddef>
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

// How many digits the country code of a number in the form of E.164 has; 0 of anything else, and
// where no country has the code. Thread-safe.
size_t CountryDigitsOf(std::string_view e164);

// How much of a number says where the line is.
struct LineParts {
  size_t country_digits = 0;  // of the country code, behind the plus sign
  size_t area_digits = 0;     // of the area code, behind those
};

// The parts of a number in the form of E.164; none of anything else, or where no country has the
// code. An area is that of a fixed line: mobile numbers, those of no place (toll-free, premium) and
// those of plans without areas have none, nor has what is not valid by libphonenumber's patterns.
// Told from the first eight digits and the length alone, or from fewer where those would be nearly
// all, so that the answers for whole blocks are kept. Thread-safe.
LineParts PartsOfLine(std::string_view e164);

}  // namespace switchboard

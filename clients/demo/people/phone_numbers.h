#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace switchboard::demo {

// Composes numbers that libphonenumber calls valid and that ring nowhere, as far as a country has
// such:
// - United States: 555-0100 to 555-0199 of each area code, reserved for fiction (ATIS-0300115).
//   Beyond that the rest of exchange 555 but 555-1212, which was taken back from use in 2016.
// - Japan: 070-57xx-xxxx, 070-637x to 070-639x, 070-686x to 070-689x and 070-813x to 070-816x,
//   which the ministry's list gives to no operator; also as home numbers, as there are no such
//   fixed lines.
// - China: reserves none. 162-0xxx-xxxx and 165-0xxx-xxxx, prefixes that libphonenumber's data
//   knows no operator of; nobody dials them here. Those with 555 behind the prefix are left out:
//   they would hold an American number of area code 620 or 650, and a search for one would find the
//   other.
// Different (country, n) give different numbers, whatever the seed; a seed moves them round. Pure.

// n: 0 to 2,099,999.
std::string JapaneseNumber(uint64_t seed, int64_t n);

// n: 0 to 19,979,999. Even n are of prefix 162, odd ones of 165.
std::string ChineseNumber(uint64_t seed, int64_t n);

// n: 0 to 9,899 * area_codes.size() - 1. REQUIRES: area_codes is not empty.
std::string AmericanNumber(uint64_t seed, int64_t n, const std::vector<std::string>& area_codes);

}  // namespace switchboard::demo

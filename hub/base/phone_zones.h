#pragma once

#include <string>
#include <string_view>
#include <vector>

// Where a phone number belongs, as far as its first digits tell. Numbers are in the form of E.164,
// a plus sign and 4 to 15 digits; of anything else nothing is known. Thread-safe.

namespace switchboard {

// IANA zones, in one of which the line is: those of the longest prefix that is known. A prefix that
// speaks for a whole numbering plan, as that of toll-free numbers in North America does, has all of
// the plan's zones; what may be in Xinjiang has its clock beside the official one. Empty: nothing
// is known.
std::vector<std::string_view> ZonesOfNumber(std::string_view e164);

// The country, ISO 3166-1 alpha-2, and XK for Kosovo: of North America by the area code, so that
// Puerto Rico is PR. Empty where the prefix is no one country's: toll-free and satellite numbers,
// area codes that are not known.
std::string CountryOfNumber(std::string_view e164);

}  // namespace switchboard

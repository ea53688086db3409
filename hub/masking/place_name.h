#pragma once

#include <string_view>

namespace switchboard::masking {

// Where no table and no ending tells what a city's or a district's field holds.

// Whether a text is one that can be shown as the name of a city or a district: two letters or more
// and nothing else but marks, blanks, hyphens, apostrophes and full stops; at most four words, "de
// la" and its like apart, and none that names streets or houses (street_words.h). "St" is a saint
// at the begin, behind a hyphen and behind words such as "East": "Main St" and "Main St Louisville"
// are none. In East Asian writing at most eight characters without a sign of streets (道, 街, 路).
// "Saint-Étienne", "St. Louis" and "São José do Rio Preto" are such names. `country`: ISO 3166-1
// alpha-2.
bool IsPlainPlaceName(std::string_view text, std::string_view country);

// Whether the name of a place lies in the text of a street, so that it may be a piece of the
// street's name: "Lincoln" of "12 Lincoln Road". Not where a later part between dividers begins
// with it and is no street either: "350 5th Ave, New York, NY".
bool StreetHolds(std::string_view street, std::string_view name, std::string_view country);

}  // namespace switchboard::masking

#pragma once

#include <string_view>

#include "hub/masking/place_table.h"

namespace switchboard::masking {

// Regions in writings that divide words by blanks and put the smaller part of an address first.

// What the first part of a text, before any divider (divider.h), may tell.
enum class FirstPart {
  kMayBeRegion,   // the region's field
  kMayEndInCode,  // the city's: "Louisville KY"; "New York" and "Mount Washington" are cities
  kTellsNone,     // the street's, unless a postal code stands there: "Florida 3"
};

// The region that a text names, looked for from its end: as the whole of a part between dividers,
// or at its end behind other words, postal codes apart ("Applegate Lane, Louisville KY 40219");
// there not behind a number, a particle or a word of streets ("12 Calle Florida"). Codes count in
// capital letters alone. `own_code`: the address's postal code.
RegionName RegionInWords(const CountryPlaces& places, std::string_view country,
                         std::string_view text, std::string_view own_code, FirstPart first);

// Whether other words stand before the name of a region in `text`, which therefore is more than the
// name of one place: "Applegate Louisville KY".
bool HoldsRegionBehindWords(const CountryPlaces& places, std::string_view text);

}  // namespace switchboard::masking

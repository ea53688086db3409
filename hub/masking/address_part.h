#pragma once

#include <string_view>

namespace switchboard::masking {

// What of a field of an address belongs to that field, for the masks that leave finer parts out.
// The answer is a piece of the text: its beginning, or nothing.

// Regions and cities: up to the first comma, bracket, semicolon, slash or line end; nothing at all
// if there is a digit of any script in that ("東京都渋谷区神南1-19-11", "12 Main Street"), because
// what stands before a house number is a street. In Japan also no further than the prefecture, or
// the municipality with its ward ("東京都渋谷区" as a region is "東京都"); in China, Taiwan and
// Korea regions no further than the province or the city of its rank.
std::string_view RegionPart(std::string_view region, std::string_view country);
std::string_view CityPart(std::string_view city, std::string_view country);

// Districts: up to the first digit or any of those signs ("神南1-19-11" is "神南").
std::string_view DistrictPart(std::string_view district);

}  // namespace switchboard::masking

#pragma once

#include <string_view>

namespace switchboard::masking {

// What of a text belongs to a municipality or a district, in the countries whose own writing tells
// where those end: Japan, China, Taiwan and Korea. The answer is a piece of the text: its
// beginning, or nothing. `country`: ISO 3166-1 alpha-2.

// Whether it is one of the four, and the text in East Asian writing.
bool HasEndings(std::string_view text, std::string_view country);

// Cities, of what stands behind the region: as far as the municipality goes (municipality.h).
// Nothing when there is none, and nothing if a number (house_number.h) begins in that.
// REQUIRES: HasEndings(city, country).
std::string_view CityPart(std::string_view city, std::string_view country);

// Districts: up to the first number or divider (divider.h): 神南1-19-11 and 神南一丁目十九番 are
// 神南, "Jinnan 1" is "Jinnan". In China, Taiwan and Korea also no street: 大安區和平東路一段 is
// 大安區, 강남구 테헤란로 152 is 강남구.
std::string_view DistrictPart(std::string_view district, std::string_view country);

}  // namespace switchboard::masking

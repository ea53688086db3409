#pragma once

#include <string_view>

namespace switchboard::masking {

// What of a field of an address belongs to that field, for the masks that leave finer parts out.
// The answer is a piece of the text: its beginning, or nothing. `country`: ISO 3166-1 alpha-2.

// Regions and cities: up to the first comma, bracket, semicolon, slash or line end; nothing at all
// if there is a number (house_number.h) in that ("12 Main Street"), because what stands before a
// house number is a street. In Japan, China, Taiwan and Korea what is in the country's own writing
// is shown no further than the region (region_name.h), or the municipality; when it is neither,
// nothing is:
// - 東京都渋谷区神南1-19-11 as a region is 東京都, 大阪市北区梅田三丁目 nothing;
// - as a city of Japan, 横浜市青葉区美しが丘 is 横浜市青葉区;
// - as a city of China or Taiwan, 深圳市南山区科技园路 is 深圳市, 南山区 stands for itself, and a
//   compound of houses or a street (阳光小区, 人民路) is none;
// - as a city of Korea, 성남시 분당구 정자동 is 성남시 분당구.
std::string_view RegionPart(std::string_view region, std::string_view country);
std::string_view CityPart(std::string_view city, std::string_view country);

// Districts: up to the first number (house_number.h) or any of those signs: 神南1-19-11 and
// 神南一丁目十九番 are 神南. In China, Taiwan and Korea also no street: 大安區和平東路一段 is
// 大安區, 강남구 테헤란로 152 is 강남구.
std::string_view DistrictPart(std::string_view district, std::string_view country);

}  // namespace switchboard::masking

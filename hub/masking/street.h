#pragma once

#include <cstddef>
#include <string_view>

namespace switchboard::masking {

// Where 路, 街, 巷, 弄, 胡同 or 大道 first stands at `from` bytes or behind, as the end of a
// street's name in China or Taiwan; the size of `text` when none does. 街道 is a sub-district.
size_t FirstStreetSign(std::string_view text, size_t from);

// Of a district what stands before `number` bytes, without the street that people write there: in
// China and Taiwan (大安區和平東路 is 大安區), and in Korea by words (강남구 테헤란로 is 강남구).
// Other countries' streets do not end alike, and are left. `number`: where a number begins, or the
// size. `country`: ISO 3166-1 alpha-2.
std::string_view WithoutStreet(std::string_view district, size_t number, std::string_view country);

}  // namespace switchboard::masking

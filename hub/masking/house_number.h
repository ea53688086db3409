#pragma once

#include <cstddef>
#include <string_view>

namespace switchboard::masking {

// Where the first number of a house, block, section or room begins in a part of an address; the
// size of `text` when there is none. A number is
// - a digit of any script;
// - Han numerals with what such numbers end in: 一丁目, 十九番, 八十八号, 三栋, 一段, 二〇一室;
// - Han numerals that a hyphen, ノ, の or 之 joins to further ones: 一ノ十九.
// Names with a numeral are none: 三重県, 四日市市, 六本木, 九段南 in Japan, and 三番町, 八号镇,
// 三室町, which end as settlements do. `country`: ISO 3166-1 alpha-2.
size_t FirstNumber(std::string_view text, std::string_view country);

}  // namespace switchboard::masking

#pragma once

#include <cstddef>
#include <string_view>

namespace switchboard::masking {

// Bytes of the region that `text` begins with, or 0: a prefecture of Japan, a province, autonomous
// region, municipality or special region of China, a special municipality, city or county of
// Taiwan, a province or city of its rank of Korea, in their own writing. With its ending (東京都,
// 广东省), or without one where the word ends (東京, 서울 강남구). `country`: ISO 3166-1 alpha-2;
// others than these four have none here.
size_t EndOfRegion(std::string_view text, std::string_view country);

}  // namespace switchboard::masking

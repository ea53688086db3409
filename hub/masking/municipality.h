#pragma once

#include <cstddef>
#include <string_view>

namespace switchboard::masking {

// Bytes up to the end of the municipality that `text`, the part of an address behind its region,
// begins with; 0 when there is none. By the endings that four countries write in their own writing:
// - JP: 郡 with its 町 or 村, 市, else 区; of the twenty designated cities with their 区; 町 or 村
//   alone when no number follows. 北見市端野町一区 is 北見市: what ends in 区 in other cities is a
//   part of a town;
// - CN: 自治州, 盟, 市, 县, 区 or 旗, whichever ends first, but not that of 小区, 开发区 and their
//   like, and none behind a street;
// - TW: 市, 區, 鄉, 鎮 or 縣, likewise;
// - KR: words that end in 시, 군 or 구.
// `country`: ISO 3166-1 alpha-2; 0 for any other.
size_t EndOfMunicipality(std::string_view text, std::string_view country);

}  // namespace switchboard::masking

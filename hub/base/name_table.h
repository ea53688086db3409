#pragma once

#include <string_view>

namespace switchboard {

// Names that many people have, from public lists (data/, NOTICE). Sorted arrays in the program:
// a question costs a dozen comparisons and no allocation. UTF-8, NFC, without blanks.

bool IsJapaneseSurname(std::string_view text);
// In hiragana.
bool IsJapaneseSurnameReading(std::string_view text);
// Of one or two characters.
bool IsShortJapaneseGivenName(std::string_view text);
// Of any number of characters.
bool IsJapaneseGivenName(std::string_view text);
// In either script: 欧阳 as well as 歐陽.
bool IsChineseSurname(std::string_view text);

}  // namespace switchboard

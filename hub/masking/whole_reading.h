#pragma once

#include <cstddef>
#include <string_view>

namespace switchboard::masking {

// Bytes of the family name's reading at the begin of `word`, one word in kana of who speaks
// Japanese, where that may hold the reading of a whole name: ヤマダ of ヤマダタロウ, ﾔﾏﾀﾞ of
// ﾔﾏﾀﾞﾀﾛｳ. Of six kana and more that are no reading of the table, the longest one that they begin
// with and that leaves two; without one nothing, for a family name of six is rare. All of any other
// word, and of one with a sign that Japanese names do not have (ー, ヴ, small vowels). Katakana,
// hiragana and half-width letters count as one.
size_t FamilyReadingBytes(std::string_view word);

}  // namespace switchboard::masking

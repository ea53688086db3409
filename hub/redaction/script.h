#pragma once

#include <string_view>

namespace switchboard::redaction {

// Which script a character of a FoldedText's plain dress is of.

// Also 々 and 〆, which stand for one; not ヶ.
inline bool IsHan(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c <= 0x3FFFF) || (c >= 0xF900 && c <= 0xFAFF) || c == U'々' || c == U'〆';
}
inline bool IsHiragana(char32_t c) { return c >= 0x3041 && c <= 0x309F; }
// Also the sign of a long vowel.
inline bool IsKatakana(char32_t c) { return c >= 0x30A1 && c <= 0x30FF && c != U'・'; }

// Whether `set` holds the character.
inline bool IsOneOf(char32_t c, std::u32string_view set) {
  return set.find(c) != std::u32string_view::npos;
}

}  // namespace switchboard::redaction

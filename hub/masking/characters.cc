#include "hub/masking/characters.h"

#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace switchboard::masking {

int32_t NextCharacter(std::string_view text, size_t* at) {
  auto here = static_cast<int32_t>(*at);
  UChar32 c;
  U8_NEXT(text.data(), here, static_cast<int32_t>(text.size()), c);
  *at = static_cast<size_t>(here);
  return c;
}

bool IsEastAsian(int32_t character) {
  constexpr UChar32 kFirst = 0x1100;  // nothing below is
  if (character < kFirst) return false;
  UErrorCode error = U_ZERO_ERROR;
  switch (uscript_getScript(character, &error)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
    case USCRIPT_BOPOMOFO:
      return true;
    default:
      return false;
  }
}

bool HoldsEastAsian(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (IsEastAsian(NextCharacter(text, &at))) return true;
  }
  return false;
}

size_t BeginsWith(std::string_view text, Words words) {
  for (const std::string_view word : words) {
    if (text.starts_with(word)) return word.size();
  }
  return 0;
}

bool EndsWith(std::string_view text, Words words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.ends_with(word); });
}

}  // namespace switchboard::masking

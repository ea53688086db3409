#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "hub/redaction/japanese_sentence.h"

namespace switchboard::redaction {

// Words of katakana in a row, with the dots between them.
struct KatakanaName {
  size_t behind = 0;     // the last word
  bool is_name = false;  // of a person, as far as the words themselves and those around them tell
};

// From the word `i` on, which is of katakana.
KatakanaName KatakanaNameAt(const JapaneseSentence& sentence, size_t i);

// Katakana as hiragana, in UTF-8; other characters as they are.
std::string HiraganaOf(std::u32string_view kana);

}  // namespace switchboard::redaction

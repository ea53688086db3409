#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "hub/redaction/folded_text.h"

namespace switchboard::redaction {

// The digits of a text as people dictate card numbers, one place each.
struct CardPlaces {
  // Places in a row, [first, behind).
  struct Group {
    size_t first, behind;
    bool joined;  // to the group before it, by three separators at most

    size_t size() const { return behind - first; }
  };

  std::string digits;
  std::vector<size_t> begins, ends;  // characters of each place; two places of "double four" share
  std::vector<bool> guessed;         // a letter or a word, not a digit
  bool spelled = false;              // words are looked for
  std::vector<Group> groups;
};

// Digits, and the letters O, l and I in a row with some. `words`: which characters are none
// (HanBesideDigits), or empty.
CardPlaces WrittenPlaces(const FoldedText& text, const std::vector<bool>& words);

// Digits, and the words for them in English ("double four"), Japanese and Korean. Empty when the
// text holds too few words for a card.
CardPlaces SpelledPlaces(const FoldedText& text);

// What may stand between two groups: anything that is no letter, and の, which is read for a dash.
bool JoinsPlaces(const FoldedText& text, size_t index);

}  // namespace switchboard::redaction

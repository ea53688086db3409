#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "hub/redaction/folded_text.h"

namespace switchboard::redaction {

// A card number of which somebody, or the hub before, masked the middle or all but the last digits.
struct MaskedCard {
  std::vector<size_t> characters;  // of its places
  std::string shown;               // the last digits, and asterisks for all other places
};

// All of a text, in order: "424242******4242", "**** **** **** 4242", "XXXX-XXXX-XXXX-1234". Where
// the first digits are seen they are those of a scheme, or `is_near_word` says that a word for a
// card is near the character.
std::vector<MaskedCard> MaskedCards(const FoldedText& text,
                                    const std::function<bool(size_t)>& is_near_word);

}  // namespace switchboard::redaction

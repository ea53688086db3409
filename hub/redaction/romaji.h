#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::redaction {

// A name piece by piece, each in all of its spellings: {{"si", "shi"}, {"n", "m"}, {"pe"}, …}. What
// stands first is the longest where one is the beginning of another.
using Spellings = std::vector<std::vector<std::u32string>>;

// How people write hiragana in Latin letters: Hepburn, Kunrei, Nihon-siki, the passport's, with
// long vowels drawn out or not ("ono", "oono", "ohno", "ōno" in the loose dress). Empty when a
// character is no kana.
Spellings RomajiOf(std::u32string_view hiragana);

}  // namespace switchboard::redaction

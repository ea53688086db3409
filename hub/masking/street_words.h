#pragma once

#include <string_view>

namespace switchboard::masking {

// Words by which a text tells that it names a street, a house or a part of one and no place, in the
// languages whose addresses divide words by blanks. `word` is folded (folded_text.h). `country`
// (ISO 3166-1 alpha-2): some words are such in some countries only: "lu" in China.

// Whether the word stands in the names of streets and houses: "lane", "calle", "улица", "apt". "st"
// and "ste", which are saints as well, are not among these.
bool IsStreetWord(std::string_view word, std::string_view country);

// Whether it does so as the first word: "R. Augusta", "Largo do Carmo".
bool IsStreetWordAtBegin(std::string_view word);

// Whether the word ends, or begins, as names of streets that are written in one do: "hauptstrasse",
// "storgatan", "ถนนสุขุมวิท".
bool HoldsStreetWord(std::string_view word, std::string_view country);

}  // namespace switchboard::masking

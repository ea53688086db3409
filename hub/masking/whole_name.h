#pragma once

#include <cstddef>
#include <string_view>

namespace switchboard::masking {

// Bytes of the family name at the begin of `word`, one word of a family name's field, where that
// may hold a whole name instead:
// - Hangul: the first syllable, or two that are a family name (남궁);
// - Han of who speaks Chinese or Korean: the first character, or a compound family name (欧阳);
// - Han, or Han and kana, of who speaks Japanese: one and two characters whole, and what stands in
//   the table of family names; else the longest of the table that the word begins with, or what is
//   before kana (高橋さくら). Of three characters only where the rest is a given name of the table
//   or the word does not end as family names do (小林誠, but 小松原 whole). Of a word that begins
//   with none of the table: of three and four characters one or two, unless it ends as family names
//   do; of five and more nothing, for family names are shorter;
// - Han of others: as of who speaks Chinese, where three characters and more begin with a Chinese
//   family name and no Japanese one, else as of who speaks Japanese;
// - kana of who speaks Japanese: whole_reading.h.
// All of any other word. So a rare family name may lose its end (a Japanese one of four characters,
// two Chinese ones joined by marriage), and a whole name of two characters may stay. The variants
// of a character (髙, 﨑, 澤) count as one; selectors and marks belong to the character before.
// `language`: the person's, a BCP 47 tag, or empty.
size_t FamilyBytes(std::string_view word, std::string_view language);

}  // namespace switchboard::masking

#pragma once

#include <string>
#include <string_view>

#include "hub/masking/name_order.h"

namespace switchboard::masking {

// What of the text in a family name's field is one, for MASK_FAMILY_NAME. Three asterisks stand for
// what is hidden:
// - every word but the first of a family name in Han, kana, Hangul or Bopomofo, and every word in
//   these behind one in another script;
// - in other writing every word but the first where the family comes first, for there the given
//   name follows: "Yamada ***" of "Yamada Taro". Titles and initials do not count ("Dr. Nagy"), and
//   a name with a small word stays whole ("von Neumann");
// - of a whole name in one word all but its family name (whole_name.h): 山田***, 王***, 김***;
// - a word of the given name, in whatever case or width, and in the scripts above the given name at
//   the end of a word too, from two characters on, of kana from three;
// - a word with a digit, '@', a full stop as addresses have ("taro.yamada"), or any other sign that
//   neither stands in names nor ends them;
// - from a bracket, comma, semicolon, slash or quotation mark on the rest of its word.
// All else stays as it is written: "de la Cruz", "O'Brien-Smith", "Smith Jr.". So does a given name
// that is not the one in its own field, where the given name comes first: "Smith Ann" of Jane
// Smith. What is not UTF-8 is hidden by words. `language`: the person's, a BCP 47 tag, or empty.
// `order`: of the same name (name_order.h).
std::string FamilyNameOnly(NameParts name, std::string_view language, NameOrder order);

}  // namespace switchboard::masking

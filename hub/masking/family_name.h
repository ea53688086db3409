#pragma once

#include <string>
#include <string_view>

namespace switchboard::masking {

// What of the text in a family name's field is one, for MASK_FAMILY_NAME. Three asterisks stand for
// what is hidden:
// - every word but the first of a family name in Han, kana, Hangul or Bopomofo, and every word in
//   these behind one in another script;
// - a word of the given name, in whatever case or width, and in those scripts the given name at the
//   end of a word too, from two characters on, of kana from three: 山田太郎 is 山田***;
// - a word with a digit, '@', a full stop as addresses have ("taro.yamada"), or any other sign that
//   neither stands in names nor ends them;
// - from a bracket, comma, semicolon, slash or quotation mark on the rest of its word.
// All else stays as it is written: "de la Cruz", "O'Brien-Smith", "Smith Jr.". What is not UTF-8 is
// hidden by words.
std::string FamilyNameOnly(std::string_view family, std::string_view given);

}  // namespace switchboard::masking

#include "hub/masking/place_name.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <string>
#include <vector>

#include "hub/base/text.h"
#include "hub/masking/characters.h"
#include "hub/masking/divider.h"
#include "hub/masking/folded_text.h"
#include "hub/masking/house_number.h"
#include "hub/masking/street_words.h"

namespace switchboard::masking {
namespace {

bool IsOneOf(std::string_view word, Words words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What a name of a place may hold beside letters.
bool IsNameSign(UChar32 c) {
  switch (c) {
    case ' ':
    case '-':
    case '\'':
    case '.':
    case 0xB7:    // middle dot
    case 0x2019:  // typographic apostrophe
    case 0x2013:  // en dash
    case 0x30FB:  // middle dot of katakana
    case 0x200C:  // inside words of joined scripts
    case 0x200D:
      return true;
    default:
      return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
  }
}

bool HoldsOnlyNameCharacters(std::string_view text) {
  size_t letters = 0;
  for (size_t at = 0; at < text.size();) {
    const UChar32 c = NextCharacter(text, &at);
    if (c < 0 || (u_isalpha(c) == 0 && !IsNameSign(c))) return false;
    letters += u_isalpha(c) != 0 ? 1 : 0;
  }
  return letters >= 2;
}

std::vector<std::string_view> WordsOf(std::string_view folded) {
  std::vector<std::string_view> words;
  for (size_t from = 0; from < folded.size();) {
    const size_t to = std::min(folded.find(' ', from), folded.size());
    if (to > from) words.push_back(folded.substr(from, to - from));
    from = to + 1;
  }
  return words;
}

bool IsParticle(std::string_view word) {
  return IsOneOf(word, {"de", "del", "della", "di",  "da",  "do",  "dos",  "das", "du", "des",
                        "la", "las", "le",    "les", "lo",  "los", "el",   "al",  "y",  "e",
                        "en", "et",  "of",    "the", "on",  "sur", "sous", "in",  "an", "am",
                        "im", "der", "den",   "van", "und", "and", "upon", "a",   "o",  "na"});
}

// Whether "st" or "ste" at `at` is a saint in a name, and no street.
bool IsSaint(const std::vector<std::string_view>& words, size_t at, bool hyphened) {
  if (at + 1 == words.size()) return false;
  return at == 0 || hyphened || IsParticle(words[at - 1]) ||
         IsOneOf(words[at - 1],
                 {"east", "west", "north", "south", "new", "port", "fort", "lake", "point", "mount",
                  "sault", "bury", "chalfont", "ottery", "lytham", "stow", "deeping"});
}

// In Hong Kong, Macau and wherever else people write so.
bool IsPlainInEastAsianWriting(std::string_view text) {
  constexpr size_t kCharactersMax = 8;
  if (CharactersIn(text) > kCharactersMax || text.find(' ') != std::string_view::npos) return false;
  size_t behind_first = 0;
  NextCharacter(text, &behind_first);
  for (size_t at = behind_first; at < text.size(); NextCharacter(text, &at)) {
    if (BeginsWith(text.substr(at), {"道", "街", "路", "徑", "里", "巷", "坊", "邨", "樓", "楼",
                                     "大廈", "大厦", "苑", "閣"}) > 0) {
      return false;
    }
  }
  return true;
}

// Whether a part of a street's field says again in which place the street is: the name and behind
// it nothing but what follows names of places, as codes of regions and of posts.
bool IsPlacePart(std::string_view folded_part, std::string_view folded_name,
                 std::string_view country) {
  if (!folded_part.starts_with(folded_name)) return false;
  const std::vector<std::string_view> rest = WordsOf(folded_part.substr(folded_name.size()));
  constexpr size_t kWordsMax = 3;
  constexpr size_t kHouseDigitsMax = 3;
  if (rest.size() > kWordsMax) return false;
  return std::none_of(rest.begin(), rest.end(), [&](std::string_view word) {
    const bool number =
        std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    return (number && word.size() <= kHouseDigitsMax) || word == "st" ||
           IsStreetWord(word, country) || HoldsStreetWord(word, country);
  });
}

// Whether the words of `name` stand side by side in `text`. Writings without blanks have no words.
bool HoldsWords(std::string_view text, std::string_view name) {
  const bool anywhere = HoldsEastAsian(text);
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    const bool begins = at == 0 || text[at - 1] == ' ';
    const bool ends = end == text.size() || text[end] == ' ';
    if (anywhere || (begins && ends)) return true;
  }
  return false;
}

}  // namespace

bool IsPlainPlaceName(std::string_view text, std::string_view country) {
  if (!HoldsOnlyNameCharacters(text)) return false;
  if (HoldsEastAsian(text)) {
    return FirstNumber(text, country) == text.size() && IsPlainInEastAsianWriting(text);
  }
  const std::string folded = Folded(text);
  const std::vector<std::string_view> words = WordsOf(folded);
  const bool hyphened =
      text.find("-St-") != std::string_view::npos || text.find("-Ste-") != std::string_view::npos;
  if (!words.empty() && IsStreetWordAtBegin(words.front())) return false;
  for (size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    if (word == "st" || word == "ste") {
      if (!IsSaint(words, at, hyphened)) return false;
    } else if (IsStreetWord(word, country) || HoldsStreetWord(word, country)) {
      return false;
    }
  }
  constexpr size_t kWordsMax = 4;
  return words.size() <= kWordsMax || words.size() - static_cast<size_t>(std::count_if(
                                                         words.begin(), words.end(), IsParticle)) <=
                                          kWordsMax;
}

bool StreetHolds(std::string_view street, std::string_view name, std::string_view country) {
  if (street.empty() || name.empty()) return false;
  const std::string folded_name = Folded(name);
  if (Folded(street).find(folded_name) == std::string::npos) return false;
  const std::vector<std::string_view> parts = PartsBetweenDividers(street);
  for (size_t at = 0; at < parts.size(); ++at) {
    const std::string part = Folded(parts[at]);
    if (at > 0 && IsPlacePart(part, folded_name, country)) continue;
    if (HoldsWords(part, folded_name)) return true;
  }
  return false;
}

}  // namespace switchboard::masking

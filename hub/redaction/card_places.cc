#include "hub/redaction/card_places.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

constexpr size_t kSeparatorsMax = 3;  // between two groups of one number
constexpr size_t kSpelledMin = 6;     // words, of which a text has some when a card is among them

struct Spelling {
  std::u32string_view word;  // in the loose dress
  char digit;
};
constexpr Spelling kEnglish[] = {{U"zero", '0'}, {U"oh", '0'},  {U"nought", '0'}, {U"o", '0'},
                                 {U"one", '1'},  {U"two", '2'}, {U"three", '3'},  {U"four", '4'},
                                 {U"five", '5'}, {U"six", '6'}, {U"seven", '7'},  {U"eight", '8'},
                                 {U"nine", '9'}};
// The longer of two with one begin first.
constexpr Spelling kKana[] = {{U"ぜろ", '0'}, {U"れい", '0'},   {U"まる", '0'},   {U"いち", '1'},
                              {U"いっ", '1'}, {U"さん", '3'},   {U"よん", '4'},   {U"ろく", '6'},
                              {U"ろっ", '6'}, {U"なな", '7'},   {U"しち", '7'},   {U"はち", '8'},
                              {U"はっ", '8'}, {U"きゅう", '9'}, {U"きゅー", '9'}, {U"に", '2'},
                              {U"し", '4'},   {U"ご", '5'},     {U"く", '9'}};
constexpr std::u32string_view kKorean = U"공영일이삼사오육륙칠팔구";
constexpr std::string_view kKoreanDigits = "001234566789";

bool IsAsciiLetter(char32_t c) {
  return c < 0x80 && absl::ascii_isalpha(static_cast<unsigned char>(c));
}

void Add(CardPlaces* places, size_t begin, size_t end, char digit, bool guessed) {
  places->digits += digit;
  places->begins.push_back(begin);
  places->ends.push_back(end);
  places->guessed.push_back(guessed);
}

bool AreJoined(const FoldedText& text, size_t begin, size_t end) {
  if (end - begin > kSeparatorsMax) return false;
  for (size_t i = begin; i < end; ++i) {
    if (!JoinsPlaces(text, i)) return false;
  }
  return true;
}

void Group(const FoldedText& text, CardPlaces* places) {
  for (size_t i = 0; i < places->digits.size(); ++i) {
    const size_t behind = i == 0 ? 0 : places->ends[i - 1];
    if (i > 0 && places->begins[i] <= behind) {
      places->groups.back().behind = i + 1;
    } else {
      const bool joined = i > 0 && AreJoined(text, behind, places->begins[i]);
      places->groups.push_back({i, i + 1, joined});
    }
  }
}

// The digit that a letter is typed for.
char LetterDigit(char32_t plain, char32_t loose) {
  if (loose == U'o') return '0';
  return plain == U'l' || plain == U'I' ? '1' : '\0';
}

char PlaceAt(const FoldedText& text, size_t index) {
  const int digit = text.digit(index);
  return digit >= 0 ? static_cast<char>('0' + digit)
                    : LetterDigit(text.plain()[index], text.loose()[index]);
}

// Letters count where they stand among digits, or fill a group of four.
void AddWrittenRun(const FoldedText& text, size_t begin, size_t end, CardPlaces* places) {
  bool has_digit = false;
  for (size_t i = begin; i < end; ++i) has_digit = has_digit || text.digit(i) >= 0;
  const bool in_word = (begin > 0 && IsAsciiLetter(text.plain()[begin - 1])) ||
                       (end < text.size() && IsAsciiLetter(text.plain()[end]));
  const bool letters_count = !in_word && (has_digit || end - begin == 4);
  for (size_t i = begin; i < end; ++i) {
    const bool guessed = text.digit(i) < 0;
    if (!guessed || letters_count) Add(places, i, i + 1, PlaceAt(text, i), guessed);
  }
}

// A word for a digit at `at`, and the characters that it has.
std::pair<char, size_t> EnglishAt(const FoldedText& text, size_t at) {
  constexpr std::u32string_view kFirst = U"zontfse";
  if (kFirst.find(text.loose()[at]) == kFirst.npos || (at > 0 && text.is_word(at - 1))) return {};
  for (const auto& [word, digit] : kEnglish) {
    const size_t end = at + word.size();
    if (text.loose().substr(at, word.size()) != word) continue;
    if (end == text.size() || !text.is_word(end)) return {digit, word.size()};
  }
  return {};
}

std::pair<char, size_t> EasternAt(const FoldedText& text, size_t at) {
  const char32_t c = text.loose()[at];
  if (!IsHiragana(c) && (c < 0xAC00 || c >= 0xD7B0)) return {};
  if (const size_t korean = kKorean.find(text.plain()[at]); korean != kKorean.npos) {
    return {kKoreanDigits[korean], 1};
  }
  for (const auto& [word, digit] : kKana) {
    if (text.loose().substr(at, word.size()) != word) continue;
    const size_t end = at + word.size();
    const bool drawn_out = end < text.size() && text.plain()[end] == U'ー';
    return {digit, word.size() + (drawn_out ? 1 : 0)};
  }
  return {};
}

// How often the digit behind "double" or "triple" counts, and where it stands.
std::pair<size_t, size_t> TimesAt(const FoldedText& text, size_t at) {
  if (text.loose()[at] != U'd' && text.loose()[at] != U't') return {1, at};
  for (const auto& [word, times] :
       {std::pair<std::u32string_view, size_t>{U"double", 2}, {U"triple", 3}}) {
    const size_t blank = at + word.size();
    if (text.loose().substr(at, word.size()) == word && blank + 1 < text.size() &&
        !text.is_word(blank)) {
      return {times, blank + 1};
    }
  }
  return {1, at};
}

}  // namespace

bool JoinsPlaces(const FoldedText& text, size_t index) {
  return !text.in_mark(index) &&
         (!text.is_word(index) || text.separates(index) || text.plain()[index] == U'の');
}

CardPlaces WrittenPlaces(const FoldedText& text, const std::vector<bool>& words) {
  CardPlaces places;
  const auto is_place = [&](size_t i) {
    return PlaceAt(text, i) != '\0' && (words.empty() || !words[i]);
  };
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && is_place(end)) ++end;
    if (end > at) AddWrittenRun(text, at, end, &places);
    at = std::max(end, at + 1);
  }
  Group(text, &places);
  return places;
}

CardPlaces SpelledPlaces(const FoldedText& text) {
  CardPlaces places;
  places.spelled = true;
  size_t words = 0;
  for (size_t at = 0; at < text.size();) {
    if (text.digit(at) >= 0) {
      Add(&places, at, at + 1, static_cast<char>('0' + text.digit(at)), false);
      ++at;
      continue;
    }
    const auto [times, word_at] = TimesAt(text, at);
    auto [digit, size] = EnglishAt(text, word_at);
    if (size == 0 && times == 1) std::tie(digit, size) = EasternAt(text, at);
    if (size == 0) {
      ++at;
      continue;
    }
    ++words;
    for (size_t i = 0; i < times; ++i) Add(&places, at, word_at + size, digit, true);
    at = word_at + size;
  }
  if (words < kSpelledMin) return {};
  Group(text, &places);
  return places;
}

}  // namespace switchboard::redaction

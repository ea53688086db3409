#include "hub/masking/partial_masks.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "hub/masking/characters.h"
#include "hub/masking/family_name.h"
#include "hub/masking/postal_place.h"

namespace switchboard::masking {
namespace {

constexpr std::string_view kHidden = "***";
constexpr int64_t kMoneyMin = -1'000'000'000'000'000;

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

UScriptCode ScriptOf(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  return c < 0 ? USCRIPT_UNKNOWN : uscript_getScript(c, &error);
}

// The first character with a script of its own, which marks and punctuation have not; negative when
// there is none.
UChar32 FirstOfAScript(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const UChar32 c = NextCharacter(text, &at);
    const UScriptCode script = ScriptOf(c);
    if (script != USCRIPT_COMMON && script != USCRIPT_INHERITED) return c;
  }
  return -1;
}

// True if every character is of `script` or a mark that takes the script of its neighbour.
bool IsAllOf(std::string_view text, UScriptCode script) {
  for (size_t at = 0; at < text.size();) {
    const UScriptCode found = ScriptOf(NextCharacter(text, &at));
    if (found != script && found != USCRIPT_INHERITED) return false;
  }
  return true;
}

// True if every character is Han, kana, a mark, or the sign of a long vowel or a repeated
// character.
bool IsJapaneseWriting(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const UChar32 c = NextCharacter(text, &at);
    const UScriptCode script = ScriptOf(c);
    const bool of_kana = script == USCRIPT_COMMON && u_hasBinaryProperty(c, UCHAR_EXTENDER) != 0;
    if (script != USCRIPT_HAN && script != USCRIPT_HIRAGANA && script != USCRIPT_KATAKANA &&
        script != USCRIPT_INHERITED && !of_kana) {
      return false;
    }
  }
  return true;
}

bool WrittenWithoutBlank(NameParts name) {
  const UScriptCode script = ScriptOf(FirstOfAScript(name.family));
  if (script == USCRIPT_HANGUL) return IsAllOf(name.family, script) && IsAllOf(name.given, script);
  return script == USCRIPT_HAN && IsJapaneseWriting(name.family) && IsJapaneseWriting(name.given);
}

// Whether readers see `next` as part of the character that ends in `last` (the rules GB6 to GB9a of
// UAX 29).
bool Continues(UChar32 last, UChar32 next) {
  constexpr UChar32 kFirstMark = 0x300;  // nothing below combines
  if (next < kFirstMark) return false;
  const auto kind = [](UChar32 c) {
    return u_getIntPropertyValue(c, UCHAR_GRAPHEME_CLUSTER_BREAK);
  };
  const int32_t before = kind(last);
  switch (kind(next)) {
    case U_GCB_EXTEND:
    case U_GCB_SPACING_MARK:
    case U_GCB_ZWJ:
      return true;
    case U_GCB_L:
    case U_GCB_LV:
    case U_GCB_LVT:
      return before == U_GCB_L;
    case U_GCB_V:
      return before == U_GCB_L || before == U_GCB_V || before == U_GCB_LV;
    case U_GCB_T:
      return before == U_GCB_V || before == U_GCB_LV || before == U_GCB_T || before == U_GCB_LVT;
    default:
      return false;
  }
}

// Bytes of the first character of `word` as readers see it; 0 when it is no letter or not UTF-8.
size_t FirstCharacterBytes(std::string_view word) {
  if (word.empty()) return 0;
  size_t at = 0;
  UChar32 last = NextCharacter(word, &at);
  if (last < 0 || u_isalpha(last) == 0) return 0;
  while (at < word.size()) {
    size_t behind = at;
    const UChar32 next = NextCharacter(word, &behind);
    if (next < 0) return 0;
    if (!Continues(last, next)) return at;
    last = next;
    at = behind;
  }
  return at;
}

void AddWords(std::string_view text, std::vector<std::string_view>* words) {
  size_t start = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t here = at;
    const UChar32 c = NextCharacter(text, &at);
    if (c < 0 || !u_isUWhiteSpace(c)) continue;
    if (here > start) words->push_back(text.substr(start, here - start));
    start = at;
  }
  if (start < text.size()) words->push_back(text.substr(start));
}

// What is written first, and what behind it.
std::pair<std::string_view, std::string_view> InOrder(NameParts name, NameOrder order) {
  return order == NameOrder::kFamilyFirst ? std::pair(name.family, name.given)
                                          : std::pair(name.given, name.family);
}

// Day of the calendar, or nothing.
std::optional<absl::CivilDay> DayOf(const v1::Date& date) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  const bool valid = date.year() >= 1900 && date.year() <= 2200 && day.year() == date.year() &&
                     day.month() == date.month() && day.day() == date.day();
  return valid ? std::make_optional(day) : std::nullopt;
}

}  // namespace

std::string WholeName(NameParts name, NameOrder order) {
  const auto [first, second] = InOrder(name, order);
  std::string whole;
  whole.reserve(first.size() + second.size() + 1);
  whole += first;
  if (!first.empty() && !second.empty() && !WrittenWithoutBlank(name)) whole += ' ';
  whole += second;
  return whole;
}

std::string FamilyNameMask(NameParts name, std::string_view language, NameOrder order) {
  return name.family.empty() ? InitialsMask(name, order) : FamilyNameOnly(name, language, order);
}

std::string InitialsMask(NameParts name, NameOrder order) {
  const auto [first, second] = InOrder(name, order);
  std::vector<std::string_view> words;
  AddWords(first, &words);
  AddWords(second, &words);
  const bool shows_all = std::all_of(words.begin(), words.end(), [](std::string_view word) {
    return FirstCharacterBytes(word) == word.size();
  });
  std::string masked;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) masked += ' ';
    if (!shows_all || (i == 0 && words.size() > 1)) {
      masked += words[i].substr(0, FirstCharacterBytes(words[i]));
    }
    masked += kHidden;
  }
  return masked;
}

std::string CardMask(std::string_view card_number) {
  constexpr size_t kDigitsMin = 12;
  if (card_number.empty()) return "";
  if (card_number.size() < kDigitsMin || !IsDigits(card_number)) return std::string(kHidden);
  std::string masked(card_number.size() - 4, '*');
  masked += card_number.substr(card_number.size() - 4);
  return masked;
}

void AddressMask(const v1::Address& address, AddressLevel level, v1::Address* masked) {
  const bool to_district = level == AddressLevel::kDistrict;
  const Place place = to_district ? PlaceOf(address) : PlaceWithoutDistrict(address);
  masked->set_country(address.country());
  masked->set_region(place.region.data(), place.region.size());
  if (level == AddressLevel::kRegion) return;
  masked->set_city(place.city.data(), place.city.size());
  if (!to_district) return;
  masked->set_district(place.district.data(), place.district.size());
}

std::string LanguageOnly(std::string_view tag) {
  const auto is_letters = [](std::string_view part, size_t least, size_t most) {
    return part.size() >= least && part.size() <= most &&
           std::all_of(part.begin(), part.end(),
                       [](char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); });
  };
  size_t end = 0;
  std::string_view part;  // the next one; empty behind the last
  const auto go_on = [&] {
    end += (end > 0 ? 1 : 0) + part.size();
    const size_t next = end < tag.size() ? end + 1 : end;
    part = tag.substr(next, tag.find('-', next) - next);
  };
  part = tag.substr(0, tag.find('-'));
  if (!is_letters(part, 2, 3)) return "";
  go_on();
  for (int extended = 0; extended < 3 && is_letters(part, 3, 3); ++extended) go_on();
  if (is_letters(part, 4, 4)) go_on();
  if (is_letters(part, 2, 2) || (part.size() == 3 && IsDigits(part))) go_on();
  return std::string(tag.substr(0, end));
}

std::optional<std::string> BirthDay(const v1::Date& date) {
  const auto day = DayOf(date);
  if (!day) return std::nullopt;
  return absl::StrCat(absl::Dec(day->year(), absl::kZeroPad4), "-",
                      absl::Dec(day->month(), absl::kZeroPad2), "-",
                      absl::Dec(day->day(), absl::kZeroPad2));
}

std::optional<std::string> BirthYear(const v1::Date& date) {
  const auto day = DayOf(date);
  return day ? std::make_optional(std::to_string(day->year())) : std::nullopt;
}

std::optional<std::string> AgeBand(const v1::Date& date, absl::CivilDay day) {
  const auto birth = DayOf(date);
  if (!birth || *birth > day) return std::nullopt;
  int64_t age = day.year() - birth->year();
  const bool birthday_is_ahead =
      std::make_pair(day.month(), day.day()) < std::make_pair(birth->month(), birth->day());
  if (birthday_is_ahead) --age;
  const int64_t from = age / 10 * 10;
  return std::to_string(from) + "-" + std::to_string(from + 9);
}

v1::AmountBand AmountBandOf(const v1::Money& money, const std::vector<int64_t>& ends) {
  v1::AmountBand band;
  band.set_currency_code(money.currency_code());
  const int64_t amount = money.minor_units();
  const auto above = std::upper_bound(ends.begin(), ends.end(), amount);
  if (above != ends.end()) band.set_below_minor_units(*above);
  if (above != ends.begin()) {
    band.set_from_minor_units(*(above - 1));
  } else if (amount >= 0) {
    band.set_from_minor_units(0);
  } else {
    band.set_from_minor_units(kMoneyMin);
    if (above != ends.end() && *above > 0) band.set_below_minor_units(0);
  }
  return band;
}

}  // namespace switchboard::masking

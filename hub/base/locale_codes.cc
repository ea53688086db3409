#include "hub/base/locale_codes.h"

#include <unicode/locid.h>
#include <unicode/ucurr.h>
#include <unicode/uenum.h>
#include <unicode/uloc.h>
#include <unicode/ures.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "hub/base/error.h"

namespace switchboard {
namespace {

constexpr size_t kLetters = 26;

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetterOrDigit(char c) { return IsUpper(c) || IsLower(c) || IsDigit(c); }

// Number of a code of capital letters.
size_t IndexOf(std::string_view code) {
  size_t index = 0;
  for (const char c : code) index = index * kLetters + static_cast<size_t>(c - 'A');
  return index;
}

using Countries = std::bitset<kLetters * kLetters>;
using Currencies = std::bitset<kLetters * kLetters * kLetters>;
using Languages = std::bitset<kLetters * kLetters*(kLetters + 1)>;

// Of a language's code of two or three capital letters.
size_t LanguageIndex(std::string_view code) {
  return IndexOf(code) + (code.size() == 2 ? kLetters * kLetters * kLetters : 0);
}

const Countries& KnownCountries() {
  static const Countries countries = [] {
    Countries known;
    for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code) {
      known.set(IndexOf(*code));
    }
    // CLDR's own, for Ceuta, the Canaries and Diego Garcia.
    for (const char* code : {"EA", "IC", "DG"}) known.reset(IndexOf(code));
    return known;
  }();
  return countries;
}

void SetCurrencies(uint32_t kind, Currencies* known) {
  UErrorCode error = U_ZERO_ERROR;
  UEnumeration* codes = ucurr_openISOCurrencies(kind | UCURR_NON_DEPRECATED, &error);
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  int32_t size = 0;
  while (const char* code = uenum_next(codes, &size, &error)) known->set(IndexOf(code));
  uenum_close(codes);
}

const Currencies& KnownCurrencies() {
  static const Currencies currencies = [] {
    Currencies known;
    SetCurrencies(UCURR_UNCOMMON, &known);
    const size_t first_x = IndexOf("XAA");
    for (size_t i = first_x; i < first_x + kLetters * kLetters; ++i)
      known.reset(i);  // metals, tests
    for (const char* code : {"CNH", "USS"}) known.reset(IndexOf(code));
    SetCurrencies(UCURR_COMMON, &known);
    // Amendments 171 to 178 of ISO 4217, which ICU 72 does not have yet, and those it missed.
    for (const char* code : {"XCG", "ZWG"}) known.set(IndexOf(code));
    for (const char* code : {"CUC", "HRK", "SLL", "VEF"}) known.reset(IndexOf(code));
    return known;
  }();
  return currencies;
}

// A table of ICU's own data, by the keys that lead to it.
icu::LocalUResourceBundlePointer TableOf(const char* bundle,
                                         std::initializer_list<const char*> keys) {
  UErrorCode error = U_ZERO_ERROR;
  icu::LocalUResourceBundlePointer table(ures_openDirect(nullptr, bundle, &error));
  for (const char* key : keys) {
    table.adoptInstead(ures_getByKey(table.getAlias(), key, nullptr, &error));
  }
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  return table;
}

std::string TextOf(const UChar* characters, int32_t size) {
  std::string text;
  return icu::UnicodeString(characters, size).toUTF8String(text);
}

void SetLanguage(std::string_view code, Languages* known) {
  if (code.size() != 2 && code.size() != 3) return;
  known->set(LanguageIndex(absl::AsciiStrToUpper({code.data(), code.size()})));
}

// The languages that CLDR calls valid, those of ISO 639-3 among them: "aa", "aba~e" for aba to abe.
void SetValidLanguages(Languages* known) {
  const auto table = TableOf("supplementalData", {"idValidity", "language", "regular"});
  for (int32_t i = 0; i < ures_getSize(table.getAlias()); ++i) {
    UErrorCode error = U_ZERO_ERROR;
    int32_t size = 0;
    const UChar* characters = ures_getStringByIndex(table.getAlias(), i, &size, &error);
    SWITCHBOARD_ASSERT(U_SUCCESS(error));
    const std::string codes = TextOf(characters, size);
    std::string code = codes.substr(0, codes.find('~'));
    for (const char last = codes.back(); code.back() <= last; ++code.back()) {
      SetLanguage(code, known);
    }
  }
}

// Languages of their own that CLDR has under a wider one: arb under ar, pnb under lah.
void SetPartsOfLanguages(Languages* known) {
  const auto table = TableOf("metadata", {"alias", "language"});
  for (int32_t i = 0; i < ures_getSize(table.getAlias()); ++i) {
    UErrorCode error = U_ZERO_ERROR;
    const icu::LocalUResourceBundlePointer alias(
        ures_getByIndex(table.getAlias(), i, nullptr, &error));
    int32_t size = 0;
    const UChar* characters = ures_getStringByKey(alias.getAlias(), "reason", &size, &error);
    SWITCHBOARD_ASSERT(U_SUCCESS(error));
    if (TextOf(characters, size) == "macrolanguage")
      SetLanguage(ures_getKey(alias.getAlias()), known);
  }
}

// Codes of two letters, and of three for languages without one of two.
const Languages& KnownLanguages() {
  static const Languages languages = [] {
    Languages known;
    SetValidLanguages(&known);
    SetPartsOfLanguages(&known);
    // CLDR writes them fil, sr-ME, fa-AF and sw-CD.
    for (const char* code : {"tl", "cnr", "prs", "swc"}) SetLanguage(code, &known);
    known.reset(LanguageIndex("BH"));  // a group of languages, withdrawn
    return known;
  }();
  return languages;
}

bool IsKnownLanguage(std::string_view text) {
  if (text.size() != 2 && text.size() != 3) return false;
  const std::string code = absl::AsciiStrToUpper({text.data(), text.size()});
  return std::all_of(code.begin(), code.end(), IsUpper) &&
         KnownLanguages().test(LanguageIndex(code));
}

// The language most spoken in a country: "ja" of "JP".
std::string LanguageOfCountry(const std::string& country) {
  UErrorCode error = U_ZERO_ERROR;
  std::array<char, ULOC_FULLNAME_CAPACITY> likely{};
  std::array<char, ULOC_LANG_CAPACITY> language{};
  uloc_addLikelySubtags(("und_" + country).c_str(), likely.data(), likely.size(), &error);
  uloc_getLanguage(likely.data(), language.data(), language.size(), &error);
  return U_SUCCESS(error) ? language.data() : "";
}

std::string NameOfLanguage(const std::string& language) {
  std::string name;
  icu::UnicodeString unicode;
  icu::Locale(language.c_str()).getDisplayLanguage(icu::Locale::getEnglish(), unicode);
  return unicode.toUTF8String(name);
}

// "hepburn", "1996", "alalc97": of letters and digits, of which four at most are digits.
bool IsVariant(std::string_view part) {
  const bool has_size = part.size() >= 5 || (part.size() == 4 && IsDigit(part[0]));
  return has_size && std::count_if(part.begin(), part.end(), IsDigit) <= 4;
}

bool IsUpperCode(std::string_view text, size_t size) {
  return text.size() == size && std::all_of(text.begin(), text.end(), IsUpper);
}

}  // namespace

bool IsCountryCode(std::string_view text) {
  return IsUpperCode(text, 2) && KnownCountries().test(IndexOf(text));
}

bool IsCurrencyCode(std::string_view text) {
  return IsUpperCode(text, 3) && KnownCurrencies().test(IndexOf(text));
}

bool IsLanguageTag(std::string_view text) {
  constexpr size_t kBytesMax = 35;
  if (text.size() > kBytesMax) return false;
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(text.data(), text.size()), '-');
  if (!IsKnownLanguage(parts.front())) return false;
  // Each part takes the first of these places that it fits and that lies behind the last one.
  enum Place { kLanguage, kExtended, kScript, kRegion, kVariant, kExtension };
  int last = kLanguage;
  int extended = 0;
  bool has_numbered_variant = false;
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::string& part = parts[i];
    if (part.empty() || part.size() > 8 || !std::all_of(part.begin(), part.end(), IsLetterOrDigit))
      return false;
    const bool letters = std::none_of(part.begin(), part.end(), IsDigit);
    const bool digits = std::all_of(part.begin(), part.end(), IsDigit);
    if (last == kExtension || (letters && part.size() == 1)) {
      // No digits: what stands here may be anything, also a number in pieces.
      if (!letters || (part.size() == 1 && i + 1 == parts.size())) return false;
      last = kExtension;
    } else if (letters && part.size() == 3 && last <= kExtended && ++extended <= 3) {
      last = kExtended;
    } else if (letters && part.size() == 4 && last < kScript) {
      last = kScript;
    } else if (((letters && part.size() == 2) || (digits && part.size() == 3)) && last < kRegion) {
      last = kRegion;
    } else if (IsVariant(part) && last <= kVariant && (letters || !has_numbered_variant)) {
      has_numbered_variant = has_numbered_variant || !letters;
      last = kVariant;
    } else {
      return false;
    }
  }
  return true;
}

bool IsPrimaryLanguage(std::string_view text) {
  return std::all_of(text.begin(), text.end(), IsLower) && IsKnownLanguage(text);
}

std::string HintForLanguage(std::string_view text) {
  const bool letters =
      std::all_of(text.begin(), text.end(), [](char c) { return IsUpper(c) || IsLower(c); });
  if (!letters || text.size() < 2 || text.size() > 3 || IsPrimaryLanguage(text)) return "";
  const std::string given(text);
  const std::string upper = absl::AsciiStrToUpper(given);
  if (IsKnownLanguage(text)) return given + " is written " + absl::AsciiStrToLower(given);
  if (IsCountryCode(upper)) {
    const std::string language = LanguageOfCountry(upper);
    if (!IsPrimaryLanguage(language)) return given + " is a country";
    return given + " is a country; " + NameOfLanguage(language) + " is " + language;
  }
  const std::string language = icu::Locale::createCanonical(given.c_str()).getLanguage();
  return IsPrimaryLanguage(language) ? given + " is written " + language : "";
}

}  // namespace switchboard

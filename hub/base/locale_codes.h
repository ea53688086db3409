#pragma once

#include <string>
#include <string_view>

namespace switchboard {

// Codes of countries, currencies and languages, as ICU's tables have them. Thread-safe.

// ISO 3166-1 alpha-2, upper case, and XK for Kosovo, which has no code of its own yet.
bool IsCountryCode(std::string_view text);

// ISO 4217, upper case, of a currency or fund that is in use: no metals, tests or withdrawn ones.
bool IsCurrencyCode(std::string_view text);

// BCP 47 (RFC 5646): a primary language of ISO 639 in its shortest code, in any case, and optional
// further parts in their order, at most 35 bytes: "ja", "zh-Hant", "en-US", "pnb". Digits stand in
// one region and, four at most, in one variant only (ja-Latn-alalc97), where no number can hide in
// pieces. Not "jpn", nor "iw", which was withdrawn, nor the codes for none, several or any (und,
// mul, mis, zxx).
bool IsLanguageTag(std::string_view text);

// A primary language alone, lower case: "ja".
bool IsPrimaryLanguage(std::string_view text);

// What may have been meant by a code of letters that is no primary language: "jp is a country;
// Japanese is ja", "jpn is written ja". Empty for those that are one, and when nothing is known.
std::string HintForLanguage(std::string_view text);

}  // namespace switchboard

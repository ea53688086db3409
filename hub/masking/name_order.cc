#include "hub/masking/name_order.h"

#include <unicode/uscript.h>

#include <algorithm>
#include <string>

#include "hub/masking/characters.h"
#include "hub/masking/primary_language.h"

namespace switchboard::masking {
namespace {

// Those that CLDR's nameOrderLocales for Japanese have under surnameFirst, and the codes of single
// Chinese languages. ICU formats names from 73 on only.
constexpr std::string_view kFamilyFirstLanguages[] = {"cmn", "hak", "hu", "ja",  "km",  "ko",
                                                      "mn",  "nan", "vi", "wuu", "yue", "zh"};
constexpr std::string_view kFamilyFirstCountries[] = {"CN", "HK", "HU", "JP", "KH", "KP",
                                                      "KR", "MN", "MO", "TW", "VN"};

template <size_t kSize>
bool IsOneOf(std::string_view text, const std::string_view (&list)[kSize]) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

enum class Writing { kFamilyFirst, kKatakana, kOther };

Writing WritingOf(std::string_view text) {
  Writing writing = Writing::kOther;
  for (size_t at = 0; at < text.size();) {
    const int32_t c = NextCharacter(text, &at);
    if (!IsEastAsian(c)) continue;
    UErrorCode error = U_ZERO_ERROR;
    if (uscript_getScript(c, &error) != USCRIPT_KATAKANA) return Writing::kFamilyFirst;
    writing = Writing::kKatakana;
  }
  return writing;
}

}  // namespace

NameOrder OrderOfName(NameParts name, std::string_view language, std::string_view country) {
  const Writing writing = WritingOf(name.family.empty() ? name.given : name.family);
  if (writing == Writing::kFamilyFirst) return NameOrder::kFamilyFirst;
  const std::string primary = PrimaryLanguage(language);
  const bool has_language = !primary.empty() && primary != "und" && primary != "mul";
  const bool english_of_chinese = primary == "en" && (country == "HK" || country == "MO");
  bool family_first = writing == Writing::kKatakana;
  if (has_language && !english_of_chinese) {
    family_first = IsOneOf(primary, kFamilyFirstLanguages);
  } else if (!country.empty()) {
    family_first = IsOneOf(country, kFamilyFirstCountries);
  }
  return family_first ? NameOrder::kFamilyFirst : NameOrder::kGivenFirst;
}

}  // namespace switchboard::masking

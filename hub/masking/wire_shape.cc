#include "hub/masking/wire_shape.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "hub/base/digit_groups.h"
#include "hub/masking/characters.h"

namespace switchboard::masking {
namespace {

constexpr std::string_view kSevenHidden = "*******";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLetter(char c) { return IsCapital(c) || (c >= 'a' && c <= 'z'); }

template <typename Is>
bool IsAll(std::string_view text, Is is, size_t least, size_t most) {
  return text.size() >= least && text.size() <= most && std::all_of(text.begin(), text.end(), is);
}

// Moves behind the digits that the text begins with; how many there were.
size_t TakeDigits(std::string_view* text) {
  const auto end = std::find_if_not(text->begin(), text->end(), IsDigit);
  const auto digits = static_cast<size_t>(end - text->begin());
  text->remove_prefix(digits);
  return digits;
}

bool Take(std::string_view* text, std::string_view wanted) {
  if (!text->starts_with(wanted)) return false;
  text->remove_prefix(wanted.size());
  return true;
}

// "+81 ", moving behind it.
bool TakeCountryCode(std::string_view* text) {
  if (!Take(text, "+")) return false;
  const size_t digits = TakeDigits(text);
  return digits >= 1 && digits <= 3 && Take(text, " ");
}

// A letter with what readers see as part of it: marks, and the jamo of one syllable (UAX 29).
bool IsOneLetter(std::string_view text) {
  const auto kind = [](UChar32 c) {
    return u_getIntPropertyValue(c, UCHAR_GRAPHEME_CLUSTER_BREAK);
  };
  if (text.empty()) return true;
  size_t at = 0;
  const UChar32 first = NextCharacter(text, &at);
  bool only_leading = first >= 0 && kind(first) == U_GCB_L;
  while (first >= 0 && at < text.size()) {
    const UChar32 c = NextCharacter(text, &at);
    if (c < 0) return false;
    const int32_t of = kind(c);
    const bool adds = of == U_GCB_EXTEND || of == U_GCB_SPACING_MARK || of == U_GCB_ZWJ ||
                      of == U_GCB_V || of == U_GCB_T ||
                      (only_leading && (of == U_GCB_L || of == U_GCB_LV || of == U_GCB_LVT));
    if (!adds) return false;
    only_leading = only_leading && of == U_GCB_L;
  }
  return first >= 0;
}

}  // namespace

bool IsTokenShape(std::string_view text) {
  constexpr size_t kCharacters = 26;
  if (text.size() != kCharacters) return false;
  bool is_one = true;
  for (const char c : text) is_one &= (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
  return is_one;
}

bool IsCardShape(std::string_view text) {
  const size_t hidden = std::min(text.find_first_not_of('*'), text.size());
  if (hidden == text.size()) return hidden == 3;
  return hidden >= 8 && IsAll(text.substr(hidden), IsDigit, 4, 4);
}

bool IsLastFourShape(std::string_view text) {
  return Take(&text, kSevenHidden) && IsAll(text, IsDigit, 0, 4);
}

bool IsCountryShape(std::string_view text) {
  return text == kSevenHidden || (TakeCountryCode(&text) && text == kSevenHidden);
}

bool IsAreaShape(std::string_view text) {
  if (IsCountryShape(text)) return true;
  constexpr size_t kAreaDigitsMax = 6;
  if (!TakeCountryCode(&text)) return false;
  const size_t digits = TakeDigits(&text);
  return digits >= 1 && digits <= kAreaDigitsMax && Take(&text, " ") && text == kSevenHidden;
}

bool IsDomainShape(std::string_view text) {
  return Take(&text, "***@") && !text.empty() && text.find_first_of("@ *") == text.npos;
}

bool IsDayShape(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' &&
         IsAll(text.substr(0, 4), IsDigit, 4, 4) && IsAll(text.substr(5, 2), IsDigit, 2, 2) &&
         IsAll(text.substr(8), IsDigit, 2, 2);
}

bool IsYearShape(std::string_view text) { return IsAll(text, IsDigit, 4, 4); }

bool IsAgeBandShape(std::string_view text) {
  const size_t hyphen = text.find('-');
  if (hyphen == text.npos) return false;
  const std::string_view from = text.substr(0, hyphen);
  const std::string_view to = text.substr(hyphen + 1);
  return IsAll(from, IsDigit, 1, 3) && IsAll(to, IsDigit, 1, 3) && from.size() == to.size() &&
         from.back() == '0' && to.back() == '9' &&
         from.substr(0, from.size() - 1) == to.substr(0, to.size() - 1);
}

bool IsBucketShape(std::string_view text) {
  return text == "M7+" || (text.size() == 2 && text[0] == 'M' && text[1] >= '0' && text[1] <= '6');
}

bool IsLanguageShape(std::string_view text) {
  constexpr size_t kBytesMax = 35;
  if (text.size() > kBytesMax) return false;
  size_t parts = 0;
  while (true) {
    const size_t end = std::min(text.find('-'), text.size());
    const std::string_view part = text.substr(0, end);
    const bool fits =
        IsAll(part, IsLetter, 2, parts == 0 ? 3 : 4) || (parts > 0 && IsAll(part, IsDigit, 3, 3));
    if (!fits || ++parts > 6) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

bool IsInitialsShape(std::string_view text) {
  while (true) {
    const size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    if (!word.ends_with("***")) return false;
    word.remove_suffix(3);
    if (!IsOneLetter(word)) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

bool IsCountryCode(std::string_view text) { return IsAll(text, IsCapital, 2, 2); }
bool IsCurrencyCode(std::string_view text) { return IsAll(text, IsCapital, 3, 3); }

bool HoldsDigitOrAt(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      if (IsDigit(text[at]) || text[at] == '@') return true;
      ++at;
      continue;
    }
    const UChar32 c = NextCharacter(text, &at);
    constexpr UChar32 kWideAt = 0xFF20;
    if (c == kWideAt || DigitValue(c) >= 0) return true;
  }
  return false;
}

}  // namespace switchboard::masking

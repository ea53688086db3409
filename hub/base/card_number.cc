#include "hub/base/card_number.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/strings/ascii.h"
#include "hub/base/digit_groups.h"
#include "hub/base/text.h"

namespace switchboard {
namespace {

constexpr size_t kDigitsMin = 12;
constexpr size_t kDigitsMax = 19;

// First four digits of a scheme's numbers and the lengths they have.
struct Scheme {
  int first, last;
  size_t digits_min, digits_max;
};
constexpr Scheme kSchemes[] = {
    {2200, 2204, 16, 19},  // Mir
    {2221, 2720, 16, 16},  // Mastercard
    {3000, 3059, 14, 19},  // Diners
    {3095, 3095, 14, 19},  // Diners
    {3400, 3499, 15, 15},  // American Express
    {3528, 3589, 16, 19},  // JCB
    {3600, 3699, 14, 19},  // Diners
    {3700, 3799, 15, 15},  // American Express
    {3800, 3999, 14, 19},  // Diners
    {4000, 4999, 13, 13},  // Visa, the old length
    {4000, 4999, 16, 19},  // Visa
    {5000, 5099, 12, 19},  // Maestro, Verve, Elo, RuPay
    {5100, 5599, 16, 16},  // Mastercard
    {5600, 5899, 12, 19},  // Maestro
    {6000, 6999, 12, 19},  // Maestro, Discover, UnionPay, RuPay
    {8100, 8299, 16, 19},  // UnionPay, RuPay
    {8600, 8600, 16, 16},  // Uzcard
    {9792, 9792, 16, 16},  // Troy
    {9860, 9860, 16, 16},  // Humo
};

// Beside those, in what people typed.
constexpr Scheme kSchemesInText[] = {
    {1000, 1999, 15, 15},  // UATP
    {1800, 1800, 16, 16},  // JCB
    {2014, 2014, 15, 15},  // enRoute
    {2131, 2131, 15, 16},  // JCB
    {2149, 2149, 15, 15},  // enRoute
    {3088, 3094, 16, 16},  // JCB
    {3096, 3102, 16, 16},  // JCB
    {3112, 3120, 16, 16},  // JCB
    {3158, 3159, 16, 16},  // JCB
    {3337, 3349, 16, 16},  // JCB
};

bool IsOfScheme(std::span<const Scheme> schemes, std::string_view digits, size_t length) {
  int first = 0;
  for (const char c : digits.substr(0, 4)) first = first * 10 + (c - '0');
  return std::any_of(schemes.begin(), schemes.end(), [&](const Scheme& scheme) {
    return first >= scheme.first && first <= scheme.last && length >= scheme.digits_min &&
           length <= scheme.digits_max;
  });
}

// Time stamps of these years and a counter lie in one of Mastercard's ranges.
bool IsStamp(std::string_view digits) {
  return digits[0] == '2' && IsYearToSecond(digits.substr(0, 12));
}

// A whole sequence: groups of one size, the last one shorter perhaps, or none under two digits and
// four at least in front. A counter behind a number of one or two digits is no card.
bool IsGroupedLikeACard(std::span<const std::string_view> groups) {
  const size_t size = groups.front().size();
  const std::span<const std::string_view> inner = groups.first(groups.size() - 1);
  const bool even = std::all_of(inner.begin(), inner.end(),
                                [&](std::string_view group) { return group.size() == size; }) &&
                    groups.back().size() <= size;
  const bool wide = std::all_of(groups.begin(), groups.end(),
                                [](std::string_view group) { return group.size() >= 2; });
  return even || (size >= 4 && wide);
}

// A part of a sequence: only in the groups that are printed on cards.
bool IsPrintedLikeACard(std::span<const std::string_view> groups) {
  const auto sizes_are = [&](std::initializer_list<size_t> sizes) {
    return std::equal(groups.begin(), groups.end(), sizes.begin(), sizes.end(),
                      [](std::string_view group, size_t size) { return group.size() == size; });
  };
  const std::span<const std::string_view> inner = groups.first(groups.size() - 1);
  const bool fours = std::all_of(inner.begin(), inner.end(),
                                 [](std::string_view group) { return group.size() == 4; });
  return (fours && groups.size() >= 3 && groups.back().size() <= 4) || sizes_are({4, 6, 5}) ||
         sizes_are({4, 6, 4});
}

bool HoldsCardNumber(const DigitSequence& sequence) {
  const std::span<const std::string_view> groups(sequence);
  for (size_t begin = 0; begin < groups.size(); ++begin) {
    size_t digits = 0;
    for (size_t end = begin; end < groups.size() && digits <= kDigitsMax; ++end) {
      digits += groups[end].size();
      if (digits < kDigitsMin || digits > kDigitsMax) continue;
      const auto some = groups.subspan(begin, end + 1 - begin);
      const bool grouped = some.size() == 1 ||
                           (some.size() == groups.size() && IsGroupedLikeACard(some)) ||
                           IsPrintedLikeACard(some);
      if (grouped && IsCardNumber(Joined(some))) return true;
    }
  }
  return false;
}

}  // namespace

bool PassesLuhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, twice = !twice) {
    int value = *digit - '0';
    if (twice) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 == 0;
}

bool IsCardNumber(std::string_view digits) {
  if (digits.size() < kDigitsMin || digits.size() > kDigitsMax || IsStamp(digits)) return false;
  return IsOfScheme(kSchemes, digits, digits.size()) && PassesLuhn(digits);
}

bool IsCardNumberInText(std::string_view digits) {
  if (digits.size() < kDigitsMin || digits.size() > kDigitsMax || IsStamp(digits)) return false;
  return IsOfSchemeInText(digits, digits.size()) && PassesLuhn(digits);
}

bool IsOfSchemeInText(std::string_view digits, size_t length) {
  return IsOfScheme(kSchemes, digits, length) || IsOfScheme(kSchemesInText, digits, length);
}

bool HoldsCardNumber(std::string_view text) {
  if (CharactersIn(text) < kDigitsMin) return false;
  std::string folded;
  if (!IsPrintableAscii(text)) {
    folded = AsciiDigits(text);
    text = folded;
  }
  const auto digits = std::count_if(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (digits < static_cast<std::ptrdiff_t>(kDigitsMin)) return false;
  const std::string rest = WithoutRandomTokens(text);
  const std::vector<DigitSequence> sequences = DigitSequences(rest);
  const std::vector<std::string> padded = PaddedNumbers(text);
  return std::any_of(sequences.begin(), sequences.end(),
                     [](const DigitSequence& sequence) { return HoldsCardNumber(sequence); }) ||
         std::any_of(padded.begin(), padded.end(), IsCardNumber);
}

}  // namespace switchboard

#include "hub/base/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

namespace switchboard {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr size_t kCodes = 1000;

// Country calling codes, none of which is the beginning of another.
const std::array<bool, kCodes>& CallingCodes() {
  static const auto& codes = *new const std::array<bool, kCodes>([] {
    std::array<bool, kCodes> known{};
    std::set<int> supported;
    PhoneNumberUtil::GetInstance()->GetSupportedCallingCodes(&supported);
    for (const int code : supported) known[static_cast<size_t>(code)] = true;
    return known;
  }());
  return codes;
}

}  // namespace

bool IsPossiblePhone(std::string_view text) {
  constexpr size_t kDigitsMin = 4;
  constexpr size_t kDigitsMax = 15;
  if (text.size() < kDigitsMin + 1 || text.size() > kDigitsMax + 1) return false;
  const std::string_view digits = text.substr(1);
  if (text[0] != '+' || digits[0] == '0' ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return false;
  }
  size_t code = 0;
  for (size_t size = 1; size <= 3; ++size) {
    code = code * 10 + static_cast<size_t>(digits[size - 1] - '0');
    if (!CallingCodes()[code]) continue;
    // Taken apart here: the library's own parser runs a dozen regular expressions.
    const std::string_view national = digits.substr(size);
    PhoneNumber number;
    number.set_country_code(static_cast<int>(code));
    uint64_t value = 0;
    for (const char c : national) value = value * 10 + static_cast<uint64_t>(c - '0');
    number.set_national_number(value);
    const size_t zeros = std::min(national.find_first_not_of('0'), national.size());
    if (zeros > 0) {
      number.set_italian_leading_zero(true);
      number.set_number_of_leading_zeros(static_cast<int>(zeros));
    }
    return PhoneNumberUtil::GetInstance()->IsPossibleNumber(number);
  }
  return false;
}

}  // namespace switchboard

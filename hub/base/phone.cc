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

PhoneNumber NumberOf(int country_code, std::string_view national) {
  PhoneNumber number;
  number.set_country_code(country_code);
  uint64_t value = 0;
  for (const char c : national) value = value * 10 + static_cast<uint64_t>(c - '0');
  number.set_national_number(value);
  const size_t zeros = std::min(national.find_first_not_of('0'), national.size());
  if (zeros > 0) {
    number.set_italian_leading_zero(true);
    number.set_number_of_leading_zeros(static_cast<int>(zeros));
  }
  return number;
}

// How many digits the country code has, of a number in the form of E.164; 0 when there is none.
size_t CountryCodeSize(std::string_view text) {
  constexpr size_t kDigitsMin = 4;
  constexpr size_t kDigitsMax = 15;
  if (text.size() < kDigitsMin + 1 || text.size() > kDigitsMax + 1) return 0;
  const std::string_view digits = text.substr(1);
  if (text[0] != '+' || digits[0] == '0' ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return 0;
  }
  size_t code = 0;
  for (size_t size = 1; size <= 3; ++size) {
    code = code * 10 + static_cast<size_t>(digits[size - 1] - '0');
    if (CallingCodes()[code]) return size;
  }
  return 0;
}

int CountryCodeOf(std::string_view text, size_t size) {
  int code = 0;
  for (const char c : text.substr(1, size)) code = code * 10 + (c - '0');
  return code;
}

}  // namespace

bool IsPossiblePhone(std::string_view text) {
  const size_t size = CountryCodeSize(text);
  if (size == 0) return false;
  // Taken apart here: the library's own parser runs a dozen regular expressions.
  return PhoneNumberUtil::GetInstance()->IsPossibleNumber(
      NumberOf(CountryCodeOf(text, size), text.substr(1 + size)));
}

std::string LineOf(std::string_view phone) {
  const size_t size = CountryCodeSize(phone);
  const std::string_view national = size == 0 ? std::string_view() : phone.substr(1 + size);
  if (!national.starts_with('0')) return std::string(phone);
  const int code = CountryCodeOf(phone, size);
  const std::string_view without = national.substr(1);
  const PhoneNumberUtil& numbers = *PhoneNumberUtil::GetInstance();
  const bool trunk_zero = !without.empty() && !numbers.IsValidNumber(NumberOf(code, national)) &&
                          numbers.IsValidNumber(NumberOf(code, without));
  if (!trunk_zero) return std::string(phone);
  return std::string(phone.substr(0, 1 + size)) + std::string(without);
}

}  // namespace switchboard

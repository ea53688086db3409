#include "hub/masking/phone_mask.h"

#include <algorithm>

#include "hub/base/phone.h"

namespace switchboard::masking {
namespace {

constexpr std::string_view kHiddenDigits = "*******";

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "+81 3 *******": the plus sign and the digits of each part that there is.
std::string Shown(std::string_view line, size_t country_digits, size_t area_digits) {
  std::string masked;
  if (country_digits > 0) {
    masked.append(line.substr(0, 1 + country_digits)) += ' ';
    if (area_digits > 0) masked.append(line.substr(1 + country_digits, area_digits)) += ' ';
  }
  return masked.append(kHiddenDigits);
}

}  // namespace

std::string LastFourMask(std::string_view phone) {
  constexpr size_t kWholeNumberDigits = 10;
  std::string masked(kHiddenDigits);
  if (phone.empty() || phone[0] != '+' || !IsDigits(phone.substr(1))) return masked;
  const size_t digits = phone.size() - 1;
  const size_t shown = digits >= kWholeNumberDigits ? 4 : digits / 3;
  return masked.append(phone.substr(phone.size() - shown));
}

std::string AreaMask(std::string_view phone) {
  // Behind the zero of a trunk prefix no area would be found.
  const std::string line = LineOf(phone);
  const LineParts parts = PartsOfLine(line);
  return Shown(line, parts.country_digits, parts.area_digits);
}

std::string CountryMask(std::string_view phone) { return Shown(phone, CountryDigitsOf(phone), 0); }

}  // namespace switchboard::masking

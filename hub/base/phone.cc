#include "hub/base/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "hub/base/mutex.h"

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

int CountryCodeOf(std::string_view text, size_t size) {
  int code = 0;
  for (const char c : text.substr(1, size)) code = code * 10 + (c - '0');
  return code;
}

// Areas of blocks of numbers, for the library takes 20 us to tell one. Prefixes are kept, never a
// number.
class AreaCache {
 public:
  std::optional<size_t> Find(uint64_t block) {
    Shard& shard = ShardOf(block);
    const MutexLock lock(shard.mutex);
    const auto found = shard.areas.find(block);
    return found == shard.areas.end() ? std::nullopt : std::make_optional<size_t>(found->second);
  }

  void Keep(uint64_t block, size_t area_digits) {
    Shard& shard = ShardOf(block);
    const MutexLock lock(shard.mutex);
    if (shard.areas.size() >= kBlocksMax / kShards) shard.areas.clear();
    shard.areas.emplace(block, static_cast<uint8_t>(area_digits));
  }

 private:
  static constexpr size_t kShards = 16;
  static constexpr size_t kBlocksMax = 65'536;

  struct Shard {
    Mutex mutex;
    absl::flat_hash_map<uint64_t, uint8_t> areas SWITCHBOARD_GUARDED_BY(mutex);
  };

  // Neighbouring blocks lie in different ones.
  Shard& ShardOf(uint64_t block) { return shards_[block / 16 % kShards]; }

  std::array<Shard, kShards> shards_;
};

// Digits of the area code of a fixed line; 0 of any other number.
size_t AreaDigitsOf(const PhoneNumber& number) {
  const PhoneNumberUtil& numbers = *PhoneNumberUtil::GetInstance();
  const int digits = numbers.GetLengthOfGeographicalAreaCode(number);
  // In some countries the library counts the first digits of mobile numbers as an area.
  if (digits <= 0 || numbers.GetNumberType(number) == PhoneNumberUtil::MOBILE) return 0;
  return static_cast<size_t>(digits);
}

}  // namespace

bool IsPossiblePhone(std::string_view text) {
  const size_t size = CountryDigitsOf(text);
  if (size == 0) return false;
  // Taken apart here: the library's own parser runs a dozen regular expressions.
  return PhoneNumberUtil::GetInstance()->IsPossibleNumber(
      NumberOf(CountryCodeOf(text, size), text.substr(1 + size)));
}

std::string LineOf(std::string_view phone) {
  const size_t size = CountryDigitsOf(phone);
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

size_t CountryDigitsOf(std::string_view e164) {
  constexpr size_t kDigitsMin = 4;
  constexpr size_t kDigitsMax = 15;
  if (e164.size() < kDigitsMin + 1 || e164.size() > kDigitsMax + 1) return 0;
  const std::string_view digits = e164.substr(1);
  if (e164[0] != '+' || digits[0] == '0' ||
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

LineParts PartsOfLine(std::string_view e164) {
  constexpr size_t kBlockDigitsMax = 8;
  constexpr size_t kInsideDigitsMin = 3;  // of every number, so that none is kept
  static auto& areas = *new AreaCache;
  const size_t size = CountryDigitsOf(e164);
  if (size == 0) return {};
  const std::string_view digits = e164.substr(1);
  const size_t in_block = std::min(kBlockDigitsMax, digits.size() - kInsideDigitsMin);
  if (in_block <= size) return {size, 0};
  uint64_t block = 0;
  for (const char c : digits.substr(0, in_block))
    block = block * 10 + static_cast<uint64_t>(c - '0');
  block = block * 16 + digits.size();
  if (const auto known = areas.Find(block)) return {size, *known};
  // The answer is that of one number of the block, whichever of them asks first.
  std::string one(digits.substr(size, in_block - size));
  one.append("2345678", digits.size() - in_block);
  const size_t area = AreaDigitsOf(NumberOf(CountryCodeOf(e164, size), one));
  areas.Keep(block, area);
  return {size, area};
}

}  // namespace switchboard

#include "hub/masking/street.h"

#include <algorithm>

#include "hub/masking/characters.h"

namespace switchboard::masking {
namespace {

constexpr size_t kHanBytes = 3;

// Bytes up to the end of the last of `ends`, or 0.
size_t EndOfLast(std::string_view text, Words ends) {
  size_t end = 0;
  for (const std::string_view word : ends) {
    const size_t at = text.rfind(word);
    if (at != std::string_view::npos) end = std::max(end, at + word.size());
  }
  return end;
}

// True if the street's sign is part of a coarser name: 让胡路区, 五路镇, 六路村.
bool IsInCoarserName(std::string_view behind_sign) {
  return BeginsWith(behind_sign, {"区", "區", "县", "縣", "镇", "鎮", "乡", "鄉", "街道", "村",
                                  "里", "社区", "社區"}) > 0;
}

std::string_view WithoutChineseStreet(std::string_view district) {
  // Names of townships hold such signs too: 新街口街道, 南京东路街道.
  const size_t township = EndOfLast(district, {"街道", "镇", "鎮", "乡", "鄉"});
  size_t sign = FirstStreetSign(district, std::max(township, kHanBytes));
  while (sign < district.size() && IsInCoarserName(district.substr(sign + kHanBytes))) {
    sign = FirstStreetSign(district, sign + kHanBytes);
  }
  if (sign == district.size()) return district;
  if (township > 0 && township < sign) return district.substr(0, township);
  // The character before the sign belongs to the street, as in 望乡路 and 市路.
  const std::string_view before = district.substr(0, sign - kHanBytes);
  const size_t end = EndOfLast(before, {"区", "區", "县", "縣", "旗"});
  return before.substr(0, end > 0 ? end : EndOfLast(before, {"市"}));
}

std::string_view WithoutKoreanStreet(std::string_view before, std::string_view behind) {
  // 을지로1가 is a district.
  const bool numbered = behind.substr(0, behind.find(' ')).ends_with("가");
  for (size_t begin = 0; begin < before.size();) {
    const size_t end = std::min(before.find(' ', begin), before.size());
    const bool street = EndsWith(before.substr(begin, end - begin), {"로", "길"});
    if (street && !(numbered && end == before.size())) return before.substr(0, begin);
    begin = end + 1;
  }
  return before;
}

}  // namespace

size_t FirstStreetSign(std::string_view text, size_t from) {
  for (size_t at = from; at < text.size(); NextCharacter(text, &at)) {
    const std::string_view rest = text.substr(at);
    const size_t sign = BeginsWith(rest, {"路", "街", "巷", "弄", "胡同", "大道"});
    if (sign > 0 && !rest.starts_with("街道")) return at;
  }
  return text.size();
}

std::string_view WithoutStreet(std::string_view district, size_t number, std::string_view country) {
  const std::string_view before = district.substr(0, number);
  if (country == "CN" || country == "TW") return WithoutChineseStreet(before);
  return country == "KR" ? WithoutKoreanStreet(before, district.substr(number)) : before;
}

}  // namespace switchboard::masking

#include "clients/demo/people/phone_numbers.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/demo/people/draws.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

constexpr uint64_t kStream = 0x70686f6e65;  // "phone"

// A one-to-one map of 0 … modulus - 1. The factor is prime and divides no modulus used here.
int64_t Moved(uint64_t seed, uint64_t index, int64_t n, int64_t modulus) {
  const int64_t offset = Draws(seed, kStream, index).Below(modulus);
  return (n * 104'729 + offset) % modulus;
}

}  // namespace

std::string JapaneseNumber(uint64_t seed, int64_t n) {
  constexpr int64_t kFirst = 1'000'000;
  constexpr std::array<int, 11> kFurther = {70637, 70638, 70639, 70686, 70687, 70688,
                                            70689, 70813, 70814, 70815, 70816};
  SWITCHBOARD_ASSERT(n >= 0 && n < kFirst + 1'100'000);
  if (n < kFirst) return absl::StrFormat("+817057%06d", Moved(seed, 1, n, kFirst));
  const int64_t moved = Moved(seed, 2, n - kFirst, 1'100'000);
  return absl::StrFormat("+81%d%05d", kFurther[static_cast<size_t>(moved / 100'000)],
                         moved % 100'000);
}

std::string ChineseNumber(uint64_t seed, int64_t n) {
  constexpr int64_t kUsed = 9'990'000;  // of ten million behind a prefix, all but 555xxxx
  SWITCHBOARD_ASSERT(n >= 0 && n < 2 * kUsed);
  const char* prefix = n % 2 == 0 ? "+861620" : "+861650";
  const int64_t moved = Moved(seed, 3, n / 2, kUsed);
  return absl::StrFormat("%s%07d", prefix, moved < 5'550'000 ? moved : moved + 10'000);
}

std::string AmericanNumber(uint64_t seed, int64_t n, const std::vector<std::string>& area_codes) {
  const auto areas = static_cast<int64_t>(area_codes.size());
  SWITCHBOARD_ASSERT(n >= 0 && n < areas * 9'899);
  const int64_t first_area = Draws(seed, kStream, 4).Below(areas);
  const std::string& area = area_codes[static_cast<size_t>((n + first_area) % areas)];
  int64_t line = n / areas;
  if (line < 100) {
    line = 100 + Moved(seed, 5, line, 100);
  } else {
    line += 100;
    if (line >= 1212) ++line;
  }
  return absl::StrFormat("+1%s555%04d", area, line);
}

}  // namespace switchboard::demo

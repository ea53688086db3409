#include "hub/base/phone.h"

#include "gtest/gtest.h"

namespace switchboard {
namespace {

TEST(Phone, NumbersThatMayExist) {
  for (const char* phone :
       {"+819012345678", "+81312345678", "+8613912345678", "+12125550123", "+442079460958",
        "+821012345678", "+886912345678", "+919876543210", "+6581234567", "+85251234567",
        "+390612345678", "+3906123456", "+2250123456789", "+80012345678", "+29021234"}) {
    EXPECT_TRUE(IsPossiblePhone(phone)) << phone;
  }
}

TEST(Phone, NumbersThatCannot) {
  for (const char* phone : {"",
                            "+",
                            "+1",
                            "+123",
                            "+1234",
                            "+81",
                            "+8190",
                            "09012345678",
                            "819012345678",
                            "+0901234567",
                            "+81-90-1234-5678",
                            "+81 90 1234 5678",
                            "+819012345678x9",
                            "+８１９０１２３４５６７８",
                            "+99912345678",
                            "+2101234567",
                            "+1234567890123456",
                            "+121255501234567",
                            "++819012345678",
                            "+81901234567\n"}) {
    EXPECT_FALSE(IsPossiblePhone(phone)) << phone;
  }
}

TEST(Phone, TheLineBehindEachSpelling) {
  const struct {
    const char* phone;
    const char* line;
  } kCases[] = {
      {"+819012345678", "+819012345678"},   {"+8109012345678", "+819012345678"},
      {"+810312345678", "+81312345678"},    {"+4402079460958", "+442079460958"},
      {"+49030123456", "+4930123456"},      {"+390612345678", "+390612345678"},
      {"+2250123456789", "+2250123456789"}, {"+12125550123", "+12125550123"},
      {"no number", "no number"},           {"", ""},
  };
  for (const auto& one : kCases) EXPECT_EQ(LineOf(one.phone), one.line) << one.phone;
}

TEST(Phone, CountryCodesAreThoseThatExist) {
  const struct {
    const char* phone;
    size_t digits;
  } kCases[] = {
      {"+12125550123", 1},   {"+819012345678", 2}, {"+85221234567", 3},
      {"+80012345678", 3},   {"+99912345678", 0},  {"819012345678", 0},
      {"+81 9012345678", 0}, {"+81", 0},           {"", 0},
  };
  for (const auto& one : kCases) EXPECT_EQ(CountryDigitsOf(one.phone), one.digits) << one.phone;
}

TEST(Phone, AreasAreThoseOfFixedLines) {
  const struct {
    const char* phone;
    size_t country, area;
  } kCases[] = {
      {"+81312345678", 2, 1},    // Tokyo
      {"+81451234567", 2, 2},    // Yokohama
      {"+81562123456", 2, 3},    // Obu
      {"+81126712345", 2, 4},    // Iwamizawa
      {"+819012345678", 2, 0},   // mobile
      {"+81120123456", 2, 0},    // toll-free
      {"+815012345678", 2, 0},   // of no place
      {"+861012345678", 2, 2},   // Beijing
      {"+8675512345678", 2, 3},  // Shenzhen
      {"+8613912345678", 2, 0},  // mobile
      {"+12125550123", 1, 3},    // New York
      {"+18002345678", 1, 0},    // toll-free
      {"+442079460958", 2, 2},   // London
      {"+441539512345", 2, 5},   // Grange-over-Sands
      {"+447400123456", 2, 0},   // mobile
      {"+390612345678", 2, 2},   // Rome, whose zero is dialled
      {"+4930123456", 2, 2},     // Berlin
      {"+493320312345", 2, 5},   // Kleinmachnow
      {"+33123456789", 2, 1},    // the north-west of France
      {"+8225678901", 2, 1},     // Seoul
      {"+5511961234567", 2, 0},  // mobile, in a country whose mobile numbers have areas
      {"+6561234567", 2, 0},     // no areas
      {"+85221234567", 3, 0},    // no areas
      {"+29021234", 3, 0},      {"+8103", 2, 0},  // no number
      {"no number", 0, 0},
  };
  for (int time = 0; time < 2; ++time) {  // asked of the library, and kept
    for (const auto& one : kCases) {
      const LineParts parts = PartsOfLine(one.phone);
      EXPECT_EQ(parts.country_digits, one.country) << one.phone;
      EXPECT_EQ(parts.area_digits, one.area) << one.phone;
    }
  }
}

}  // namespace
}  // namespace switchboard

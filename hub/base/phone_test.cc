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

}  // namespace
}  // namespace switchboard

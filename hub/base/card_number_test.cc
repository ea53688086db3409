#include "hub/base/card_number.h"

#include <string>

#include "gtest/gtest.h"

namespace switchboard {
namespace {

TEST(CardNumber, Luhn) {
  EXPECT_TRUE(PassesLuhn("79927398713"));  // the example of the patent
  for (char last : {'0', '1', '2', '4', '5', '6', '7', '8', '9'}) {
    EXPECT_FALSE(PassesLuhn(std::string("7992739871") + last));
  }
  EXPECT_TRUE(PassesLuhn("0"));
  EXPECT_TRUE(PassesLuhn("18"));
  EXPECT_FALSE(PassesLuhn("81"));  // transposed
}

// The schemes' own test numbers.
constexpr const char* kCards[] = {
    "4111111111111111", "4012888888881881", "4222222222222",    "5555555555554444",
    "2223000048400011", "378282246310005",  "371449635398431",  "30569309025904",
    "38520000023237",   "6011111111111117", "3530111333300000", "6304000000000000000",
    "501800000009",     "6200000000000005", "6759649826438453", "9792030394440796",
    "2200000000000004", "6521111111111110",
};

TEST(CardNumber, KnowsTheSchemes) {
  for (const char* card : kCards) EXPECT_TRUE(IsCardNumber(card)) << card;
  const char* others[] = {
      "",
      "4111111111111112",      // fails Luhn
      "411111111111116",       // Visa has no 15 digits
      "000000000018",          // no scheme begins with 0
      "1000000000000008",      // nor with 1
      "79927398713",           // 11 digits
      "63040000000000000008",  // 20
      "2611270930001239",      // 2026-11-27 09:30:00 and a counter
  };
  for (const char* other : others) EXPECT_FALSE(IsCardNumber(other)) << other;
}

TEST(CardNumber, KnowsMoreRangesInWhatPeopleType) {
  const char* more[] = {"3088000000000009", "135412345678911", "201400000000009"};
  for (const char* card : more) {
    EXPECT_TRUE(IsCardNumberInText(card)) << card;
    EXPECT_FALSE(IsCardNumber(card)) << card;
    std::string other = card;
    other.back() = other.back() == '9' ? '0' : static_cast<char>(other.back() + 1);
    EXPECT_FALSE(IsCardNumberInText(other)) << other;
  }
  for (const char* card : kCards) EXPECT_TRUE(IsCardNumberInText(card)) << card;
  EXPECT_FALSE(IsCardNumberInText("7000000000000005"));
  EXPECT_FALSE(IsCardNumberInText(""));
  EXPECT_TRUE(IsOfSchemeInText("3088", 16));
  EXPECT_FALSE(IsOfSchemeInText("3088", 15));
}

TEST(CardNumber, IsFoundHoweverItIsDressed) {
  for (const std::string card : kCards) {
    EXPECT_TRUE(HoldsCardNumber(card)) << card;
    EXPECT_TRUE(HoldsCardNumber("A" + card)) << card;
    EXPECT_TRUE(HoldsCardNumber("card" + card + "x")) << card;
    EXPECT_TRUE(HoldsCardNumber("20261127-" + card + "-all")) << card;
    EXPECT_TRUE(HoldsCardNumber("a:" + card)) << card;
    for (const char separator : {'-', '.', '_', ':', ' ', '/'}) {
      std::string fours, pairs;
      for (size_t i = 0; i < card.size(); ++i) {
        if (i > 0 && i % 4 == 0) fours += separator;
        if (i > 0 && i % 2 == 0) pairs += separator;
        fours += card[i];
        pairs += card[i];
      }
      EXPECT_TRUE(HoldsCardNumber(fours)) << fours;
      EXPECT_TRUE(HoldsCardNumber(pairs)) << pairs;
      if (card.size() % 4 == 0) {
        EXPECT_TRUE(HoldsCardNumber("20261127-093000-" + fours)) << fours;
      }
    }
  }
  EXPECT_TRUE(HoldsCardNumber("00000000-0000-0000-4111-111111111111"));
  EXPECT_TRUE(HoldsCardNumber("00000000000000004111111111111111"));
  EXPECT_TRUE(HoldsCardNumber("abcdabcd4111111111111111"));
  EXPECT_TRUE(HoldsCardNumber("3782-822463-10005"));
  EXPECT_TRUE(HoldsCardNumber("id-3782-822463-10005"));
  EXPECT_TRUE(HoldsCardNumber("3056-930902-5904"));
  EXPECT_TRUE(HoldsCardNumber("411111-1111111111"));
  EXPECT_TRUE(HoldsCardNumber("41111111-11111111"));
  EXPECT_TRUE(HoldsCardNumber("金 ４１１１１１１１１１１１１１１１"));
  EXPECT_TRUE(HoldsCardNumber("４１１１－１１１１－１１１１－１１１１"));
  EXPECT_TRUE(HoldsCardNumber("4111–1111–1111–1111"));
}

TEST(CardNumber, IsNotFoundWhereThereIsNone) {
  const char* texts[] = {
      "",
      "gold-card",
      "20261127-093000-0001",
      "outcome-5-000000000018",  // a vendor's number and a counter that together pass Luhn
      "2026-11-27T09:30:00.123456Z",
      "550e8400-e29b-41d4-a716-446655440000",
      "00000000018",
      "00000000-0000-0000-4111-111111111112",
      "411111111111111",
      "4111111111111111111111",  // 22 digits
      "東京都渋谷区神南１－１９－１１　４階",
  };
  for (const char* text : texts) EXPECT_FALSE(HoldsCardNumber(text)) << text;
}

}  // namespace
}  // namespace switchboard

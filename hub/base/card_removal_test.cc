#include "hub/base/card_removal.h"

#include <random>
#include <string>

#include "gtest/gtest.h"
#include "hub/base/card_number.h"

namespace switchboard {
namespace {

TEST(CardRemoval, LeavesAsterisksWhereACardWas) {
  struct Row {
    const char* note;
    const char* left;
    size_t removed;
  };
  const Row rows[] = {
      {"", "", 0},
      {"promised to pay on Friday", "promised to pay on Friday", 0},
      {"card 4111111111111111.", "card ****************.", 1},
      {"4111 1111 1111 1111", "**** **** **** ****", 1},
      {"4111-1111-1111-1111 ok", "****-****-****-**** ok", 1},
      {"4111.1111/1111_1111", "****.****/****_****", 1},
      {"4111 - 1111 - 1111 - 1111", "**** - **** - **** - ****", 1},
      {"4111\n1111\n1111\n1111", "****\n****\n****\n****", 1},
      {"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "* * * * * * * * * * * * * * * *", 1},
      {"カード４１１１１１１１１１１１１１１１です", "カード****************です", 1},
      {"４１１１－１１１１－１１１１－１１１１", "****－****－****－****", 1},
      {"４１１１ー１１１１ー１１１１ー１１１１", "****ー****ー****ー****", 1},
      {"٤١١١١١١١١١١١١١١١", "****************", 1},
      {"④①①①①①①①①①①①①①①①", "****************", 1},
      {"3782 822463 10005", "**** ****** *****", 1},
      {"no4111111111111111no", "no****************no", 1},
      {"call 2026-11-27 4111 1111 1111 1111 please", "call 2026-11-27 **** **** **** **** please",
       1},
      {"4111111111111111 and 5555 5555 5555 4444", "**************** and **** **** **** ****", 2},
      // Older ranges, in groups too.
      {"3088-0000-0000-0009", "****-****-****-****", 1},
      {"135412345678911", "***************", 1},
      // Digits that pass Luhn's check and are of no scheme.
      {"000000000018", "000000000018", 0},
      {"7000000000000005", "7000000000000005", 0},
      // Its code goes with it, and its expiry is left.
      {"4111111111111111 12/28 123", "**************** 12/28 ***", 1},
      {"41111111111111111228123", "***********************", 1},
      {"CVV: 123", "CVV: ***", 1},
      {"cvc２は９９９", "cvc２は***", 1},
      {"セキュリティコードは1234", "セキュリティコードは****", 1},
      {"安全码 123, 再打", "安全码 ***, 再打", 1},
      // Numbers that are wanted in a note.
      {"new number 080-1111-2222, after 2026-12-01 10:00",
       "new number 080-1111-2222, after 2026-12-01 10:00", 0},
      {"+81 90 1234 5678", "+81 90 1234 5678", 0},
      {"pays ¥12,345 on 12/1", "pays ¥12,345 on 12/1", 0},
  };
  for (const Row& row : rows) {
    std::string note = row.note;
    EXPECT_EQ(RemoveCardNumbers(&note), row.removed) << row.note;
    EXPECT_EQ(note, row.left);
    EXPECT_EQ(RemoveCardNumbers(&note), 0u) << "again: " << row.note;
    EXPECT_EQ(note, row.left);
  }
}

// Each word looks at what stands behind it, and not at all numbers of the note.
TEST(CardRemoval, ManyCodesAreFoundInOnePass) {
  std::string note, left;
  for (int i = 0; i < 500'000; ++i) {
    note += "cvv 123 ";
    left += "cvv *** ";
  }
  EXPECT_EQ(RemoveCardNumbers(&note), 500'000u);
  EXPECT_TRUE(note == left);
}

// Whatever stands around and between: the card is gone, and the rest is there.
TEST(CardRemoval, FindsCardsInRandomDress) {
  std::mt19937 random(11);
  const char* const digits[][10] = {
      {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
      {"０", "１", "２", "３", "４", "５", "６", "７", "８", "９"},
      {"०", "१", "२", "३", "४", "५", "६", "७", "८", "९"},
  };
  const char* const between[] = {"", " ", "-", "－", "・", " - ", "　", "."};
  for (int round = 0; round < 20'000; ++round) {
    std::string card = "4";
    while (card.size() < 15) card += static_cast<char>('0' + random() % 10);
    for (char last = '0'; last <= '9'; ++last) {
      if (PassesLuhn(card + last)) {
        card += last;
        break;
      }
    }
    const auto& script = digits[random() % 3];
    const std::string separator = between[random() % 8];
    std::string note = "says ";
    for (size_t i = 0; i < card.size(); ++i) {
      if (i > 0 && i % 4 == 0) note += separator;
      note += script[card[i] - '0'];
    }
    note += " - thanks";
    ASSERT_EQ(RemoveCardNumbers(&note), 1u) << card;
    for (int digit = 0; digit < 10; ++digit) {
      ASSERT_EQ(note.find(script[digit]), std::string::npos) << note;
    }
    ASSERT_TRUE(note.starts_with("says *") && note.ends_with("* - thanks")) << note;
  }
}

}  // namespace
}  // namespace switchboard

#include "hub/redaction/cards.h"

#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "hub/base/card_number.h"
#include "hub/redaction/identity_numbers.h"

namespace switchboard::redaction {
namespace {

std::string Hidden(std::string text) {
  HideCardNumbers(&text);
  return text;
}

// What FindCards hides, each in brackets.
std::string Found(const std::string& typed) {
  const FoldedText text(typed);
  Marks marks(text);
  FindCards(&marks);
  std::string left;
  size_t byte = 0;
  for (const Span& span : marks.Resolved()) {
    left += typed.substr(byte, text.begin_byte(span.begin) - byte);
    left += span.kind == v1::TextMark::KIND_CARD ? "<" + span.value + ">" : "<code>";
    byte = text.end_byte(span.end - 1);
  }
  return left + typed.substr(byte);
}

TEST(Cards, AllButTheLastFourBecomeAsterisks) {
  struct Row {
    const char* note;
    const char* left;
    size_t hidden;
  };
  const Row rows[] = {
      {"", "", 0},
      {"promised to pay on Friday", "promised to pay on Friday", 0},
      {"card 4111111111111111.", "card ************1111.", 1},
      {"4111 1111 1111 1111", "**** **** **** 1111", 1},
      {"4111-1111-1111-1111 ok", "****-****-****-1111 ok", 1},
      {"4111.1111/1111_1111", "****.****/****_1111", 1},
      {"4111 - 1111 - 1111 - 1111", "**** - **** - **** - 1111", 1},
      {"4111\n1111\n1111\n1111", "****\n****\n****\n1111", 1},
      {"4111|1111~1111、1111", "****|****~****、1111", 1},
      {"4111の1111の1111の1111", "****の****の****の1111", 1},
      {"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "* * * * * * * * * * * * 1 1 1 1", 1},
      {"カード４１１１１１１１１１１１１１１１です", "カード************1111です", 1},
      {"４１１１－１１１１－１１１１－１１１１", "****－****－****－1111", 1},
      {"４１１１ー１１１１ー１１１１ー１１１１", "****ー****ー****ー1111", 1},
      {"٤١١١١١١١١١١١١١١١", "************1111", 1},
      {"④①①①①①①①①①①①①①①①", "************1111", 1},
      {"4\u0332111 1111 1111 1111", "**** **** **** 1111", 1},
      {"四一一一一一一一一一一一一一一一", "************1111", 1},
      {"&#52;111111111111111", "************1111", 1},
      {"%34\\u0031\\x31&#x31;111111111111", "************1111", 1},
      {"3782 822463 10005", "**** ****** *0005", 1},
      {"6304 0000 0000 0000 000", "**** **** **** ***0 000", 1},
      {"no4111111111111111no", "no************1111no", 1},
      {"call 2026-11-27 4111 1111 1111 1111 please", "call 2026-11-27 **** **** **** 1111 please",
       1},
      {"4111111111111111 and 5555 5555 5555 4444", "************1111 and **** **** **** 4444", 2},
      // Older ranges, in groups too.
      {"3088 0000 0000 0009", "**** **** **** 0009", 1},
      {"1354 123456 78911", "**** ****** *8911", 1},
      {"2014 0000 0000 009", "**** **** ***0 009", 1},
      // Letters for digits.
      {"4lll lIII 1111 1111", "**** **** **** 1111", 1},
      {"37828224631OOO5", "***********0005", 1},
      {"4OOO OOOO OOOO OOO2", "4OOO OOOO OOOO OOO2", 0},  // too few digits to tell
      // Words for digits.
      {"it is four one one one one one one one one one one one one one one one, he said",
       "it is ************1111, he said", 1},
      {"double four 1 double one, 1111 1111 1111 ok", "double four 1 double one, 1111 1111 1111 ok",
       0},
      {"four triple one, double one double one, 1111 double one double one", "************1111", 1},
      {"よんいちいちいち いちいちいちいち いちいちいちいち いちいちいちいちです",
       "************1111です", 1},
      {"사일일일 일일일일 일일일일 일일일일", "**** **** **** 1111", 1},
      // Masked by who typed it.
      {"424242******4242", "************4242", 1},
      {"4242 42** **** 4242", "**** **** **** 4242", 1},
      {"XXXX-XXXX-XXXX-4242", "****-****-****-4242", 1},
      {"************4242", "************4242", 0},
      {"my card # ************4242 please", "my card # ************4242 please", 0},
      // Its code goes with it, and its expiry is left.
      {"4111111111111111 12/28 123", "************1111 12/28 ***", 2},
      {"4111111111111111 exp 12/2028", "************1111 exp 12/2028", 1},
      {"41111111111111111228123", "************1111*******", 1},
      {"CVV: 123", "CVV: ***", 1},
      {"cvc２は９９９", "cvc２は***", 1},
      {"セキュリティコードは1234", "セキュリティコードは****", 1},
      {"安全码 123, 再打", "安全码 ***, 再打", 1},
      {"暗証番号は0412", "暗証番号は****", 1},
      // No scheme, but a word.
      {"credit card 7000000000000005", "credit card ************0005", 1},
      {"order 7000000000000005", "order 7000000000000005", 0},
      // Numbers that are wanted in a note.
      {"new number 080-1111-2222, after 2026-12-01 10:00",
       "new number 080-1111-2222, after 2026-12-01 10:00", 0},
      {"+81 90 1234 5678", "+81 90 1234 5678", 0},
      {"pays ¥12,345 on 12/1", "pays ¥12,345 on 12/1", 0},
      {"4111 1111 1111 1112", "4111 1111 1111 1112", 0},
      // One digit wrong: three of its groups pass, and the fourth is no code.
      {"4242 4242 4242 4243", "4242 4242 4242 4243", 0},
      {"card 4242 4242 4242 4243", "card 4242 4242 4242 4243", 0},
      {"卡号4242-4242-4242-4243", "卡号4242-4242-4242-4243", 0},
      {"card 1234 4242 4242 4242", "card 1234 4242 4242 4242", 0},
      {"card 4242 4242 4242 4243 1234", "card 4242 4242 4242 4243 1234", 0},
      // Twelve digits alone are a card, and twice twelve are two.
      {"card 5018 0000 0009", "card **** **** 0009", 1},
      {"5018 0000 0009 5018 0000 0009", "**** **** 0009 **** **** 0009", 2},
      // Another group beside them may be a code, a year, a day, an expiry or an amount.
      {"5018 0000 0009 1234", "**** **** 0009 ****", 2},
      {"card 5018 0000 0009 2026-12-01", "card **** **** 0009 2026-12-01", 1},
      {"5018-0000-0009-2026-12-01", "****-****-0009-2026-12-01", 1},
      {"5018 0000 0009, 2026", "**** **** 0009, ****", 2},
      {"5018 0000 0009 1228", "**** **** 0009 ****", 2},
      {"paid 1500 5018 0000 0009", "paid 1500 **** **** 0009", 1},
      {"2026 5018 0000 0009 1228", "2026 **** **** 0009 ****", 2},
      {"card 7000 0000 0005 2026-12-01", "card **** **** 0005 2026-12-01", 1},
      {"card 7000 0000 0005, 4000-12", "card **** **** 0005, 4000-12", 1},
      // A numeral may be a digit of it, and a letter none.
      {"卡号 424242424242424二", "卡号 ************4242", 1},
      {"卡号 4242 4242 4242 424二", "卡号 **** **** **** 4242", 1},
      {"/l4111111111111111", "/l************1111", 1},
      // A word may begin with a numeral.
      {"卡号4111111111111111一直没用", "卡号************1111一直没用", 1},
      {"卡号4111 1111 1111 1111三个月", "卡号**** **** **** 1111三个月", 1},
      {"0000 0000 0000 0000", "0000 0000 0000 0000", 0},
      {"SIM card, IMEI 490154203237518", "SIM card, IMEI 490154203237518", 0},
      {"000000000018", "000000000018", 0},
      {"card read 20261127093007", "card read 20261127093007", 0},
      {"******** 2026 ********", "******** 2026 ********", 0},
      {"XX/XX/2015", "XX/XX/2015", 0},
      {"138****5678", "138****5678", 0},
  };
  for (const Row& row : rows) {
    std::string note = row.note;
    EXPECT_EQ(HideCardNumbers(&note), row.hidden) << row.note;
    if (row.hidden > 0) {
      EXPECT_EQ(note, row.left) << row.note;
    }
    EXPECT_EQ(Hidden(note), note) << "again: " << row.note;
  }
}

// What was hidden before it was stored is the same card to who cleans it afterwards.
TEST(Cards, AreFoundAgainBehindTheirAsterisks) {
  const struct {
    const char* note;
    const char* found;
  } rows[] = {
      {"card 4111111111111111.", "card <************1111>."},
      {"4111 1111 1111 1111 12/28 123", "<************1111> 12/28 <code>"},
      {"3782 822463 10005", "<***********0005>"},
      {"6304 0000 0000 0000 000", "<***************0000>"},
      {"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "<************1111>"},
      {"41111111111111111228123", "<************1111*******>"},
      {"5018\n0000\n0009 CVV 1234", "<********0009> CVV <code>"},
      {"424242******4242", "<************4242>"},
      {"my card # 4111111111111111 ok", "my card # <************1111> ok"},
      {"four one one one one one one one one one one one one one one one", "<************1111>"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Found(row.note), row.found);
    EXPECT_EQ(Found(Hidden(row.note)), row.found) << Hidden(row.note);
  }
}

// What is refused in a field, as one that holds a card number, is hidden in a note.
TEST(Cards, AreHiddenWhereAFieldMayHoldNone) {
  const char* const beside[] = {"",     "1228", "2026", "1500",    "0000", "9",      "2026-12-01",
                                "6304", "12",   "lO",   "4242 42", "car",  "0412 99"};
  const char* const between[] = {" ", "-", "/", ".", ", ", "_"};
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    const char* const begins[] = {"50", "56", "57", "58", "60", "63", "67", "69"};
    std::string card = begins[random() % 8];
    while (card.size() < 11) card += static_cast<char>('0' + random() % 10);
    for (char last = '0'; last <= '9'; ++last) {
      if (PassesLuhn(card + last)) {
        card += last;
        break;
      }
    }
    const std::string separator = between[random() % 4];
    const std::string written =
        card.substr(0, 4) + separator + card.substr(4, 4) + separator + card.substr(8);
    std::string text = std::string(beside[random() % 13]) + between[random() % 6] + written +
                       between[random() % 6] + beside[random() % 13];
    const std::string typed = text;
    const FoldedText folded(typed);
    Marks marks(folded);
    FindIdentityNumbers(&marks);
    if (!marks.Resolved().empty()) continue;  // by check digits of its own
    ASSERT_TRUE(HoldsCardNumber(text)) << text;
    ASSERT_GT(HideCardNumbers(&text), 0u) << typed;
    ASSERT_EQ(text.find(card.substr(0, 4) + separator + card.substr(4, 4)), text.npos) << typed;
  }
}

// A number with check digits of its own is what those say.
TEST(Cards, IdentityNumbersStay) {
  // Passes the checks of Japan's individual number and of cards (Maestro).
  EXPECT_EQ(Hidden("4111111111111111 and 580000000449"), "************1111 and 580000000449");
}

// Each word looks at what stands behind it, and not at all numbers of the note.
TEST(Cards, ManyCodesAreFoundInOnePass) {
  std::string note, left;
  for (int i = 0; i < 200'000; ++i) {
    note += "cvv 123 ";
    left += "cvv *** ";
  }
  EXPECT_EQ(HideCardNumbers(&note), 200'000u);
  EXPECT_TRUE(note == left);
}

// Whatever stands around and between: the card is gone, and the rest is there.
TEST(Cards, AreFoundInRandomDress) {
  std::mt19937 random(11);
  const char* const digits[][10] = {
      {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
      {"０", "１", "２", "３", "４", "５", "６", "７", "８", "９"},
      {"०", "१", "२", "३", "४", "५", "६", "७", "८", "९"},
      {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"},
  };
  const char* const between[] = {"", " ", "-", "－", "・", " - ", "　", ".", "|", "の"};
  for (int round = 0; round < 20'000; ++round) {
    std::string card = "4";
    while (card.size() < 15) card += static_cast<char>('0' + random() % 10);
    for (char last = '0'; last <= '9'; ++last) {
      if (PassesLuhn(card + last)) {
        card += last;
        break;
      }
    }
    const auto& script = digits[random() % 4];
    const std::string separator = between[random() % 10];
    std::string note = "says ";
    for (size_t i = 0; i < card.size(); ++i) {
      if (i > 0 && i % 4 == 0) note += separator;
      note += script[card[i] - '0'];
    }
    note += " - thanks";
    ASSERT_EQ(Found(note), "says <************" + card.substr(12) + "> - thanks") << note;
    ASSERT_EQ(HideCardNumbers(&note), 1u) << card;
    ASSERT_TRUE(note.starts_with("says ****") && note.ends_with(card.substr(12) + " - thanks"))
        << note;
    ASSERT_EQ(Found(note), "says <************" + card.substr(12) + "> - thanks") << note;
  }
}

}  // namespace
}  // namespace switchboard::redaction

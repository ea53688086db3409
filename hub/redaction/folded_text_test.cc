#include "hub/redaction/folded_text.h"

#include <string>

#include "gtest/gtest.h"

namespace switchboard::redaction {
namespace {

std::string DigitsOf(const FoldedText& text) {
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.digit(i) >= 0) digits += static_cast<char>('0' + text.digit(i));
  }
  return digits;
}

TEST(FoldedText, DigitsOfEveryDressAreDigits) {
  const char* const typed[] = {
      "0123456789",
      "０１２３４５６７８９",
      "٠١٢٣٤٥٦٧٨٩",
      "०१२३४५६७८९",
      "⓪①②③④⑤⑥⑦⑧⑨",
      "⁰¹²³⁴⁵⁶⁷⁸⁹",
      "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
      "0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣",
      "0\u0332123456789\u0336",  // marks under and through digits
      "&#48;&#x31;%32\\u0033\\x34\\u{35}&#54;%37\\U000000389",
      "%EF%BC%901２3456７8９",  // a wide nought, percent-encoded
      "〇一二三四五六七八九",
      "零壹贰叁肆伍陆柒捌玖",
      "〇一二-三四五六-七八九",
  };
  for (const char* const text : typed) EXPECT_EQ(DigitsOf(FoldedText(text)), "0123456789") << text;
}

TEST(FoldedText, HanNumeralsOfAShortRowAreWords) {
  for (const char* const text : {"一丁目二番三号", "三田", "五十嵐", "二〇二六年十一月"}) {
    EXPECT_EQ(DigitsOf(FoldedText(text)), "") << text;
  }
}

TEST(FoldedText, PlainIsWhatAReaderSees) {
  const struct {
    const char* typed;
    const char* plain;
    const char* loose;
  } rows[] = {
      {"", "", ""},
      {"Yamada TARO", "Yamada TARO", "yamada taro"},
      {"Ｙａｍａｄａ", "Yamada", "yamada"},
      {"ヤマダ タロウ", "ヤマダ タロウ", "やまだ たろう"},
      {"ﾔﾏﾀﾞ", "ヤマダ", "やまだ"},
      {"ｶﾞｷﾞｸﾞ", "ガギグ", "がぎぐ"},
      {"サトー", "サトー", "さとー"},
      {"㈱山田", "(株)山田", "(株)山田"},
      {"Müller", "Müller", "muller"},
      {"Mu\u0308ller", "Müller", "muller"},  // composed
      {"Łukasz Øst", "Łukasz Øst", "lukasz ost"},
      {"Nguyễn", "Nguyễn", "nguyen"},
      {"髙橋", "髙橋", "高桥"},
      {"高橋", "高橋", "高桥"},
      {"高桥", "高桥", "高桥"},
      {"邉", "邉", "边"},
      {"邊", "邊", "边"},
      {"辺", "辺", "边"},
      {"邉\U000E0101", "邉", "边"},  // a variant of its own
      {"斎藤 齋藤 斉藤 齊藤", "斎藤 齋藤 斉藤 齊藤", "齐藤 齐藤 齐藤 齐藤"},
      {"﨑嶋澤", "﨑嶋澤", "崎岛泽"},
      {"𠮷田", "𠮷田", "吉田"},
      {"раурal", "раурal", "paypal"},  // Cyrillic letters in a Latin word
      {"Смит", "Смит", "смит"},        // and a word of their own
      {"김민수", "김민수", "김민수"},
      {"ที่", "ที่", "ที่"},  // vowels are no dress
      {"%E5%B1%B1&#30000;", "山田", "山田"},
      {"50% off & more \\o/", "50% off & more \\o/", "50% off & more \\o/"},
      {"&#0;&#xD800;%0A", "&#0;&#xD800;%0A", "&#0;&#xd800;%0a"},  // stand for no character
  };
  for (const auto& row : rows) {
    const FoldedText text(row.typed);
    EXPECT_EQ(text.Plain(0, text.size()), row.plain) << row.typed;
    EXPECT_EQ(text.Loose(0, text.size()), row.loose) << row.typed;
  }
}

TEST(FoldedText, EachCharacterKnowsItsBytes) {
  const std::string typed = "ａ&#52;㈱ﾀﾞ4\u0332é";
  const FoldedText text(typed);
  ASSERT_EQ(text.Plain(0, text.size()), "a4(株)ダ4é");
  const char* const bytes[] = {"ａ", "&#52;", "㈱", "㈱", "㈱", "ﾀﾞ", "4\u0332", "é"};
  ASSERT_EQ(text.size(), std::size(bytes));
  for (size_t i = 0; i < text.size(); ++i) EXPECT_EQ(text.Typed(i, i + 1), bytes[i]) << i;
  EXPECT_EQ(text.Typed(0, text.size()), typed);
  // Whatever is typed, no byte is left out and none is out of order.
  for (const char* const other :
       {"\u200D4", "4\u200D1", "[NAME 1]x", "&#x200B;1", "a\u0301\u0302"}) {
    const FoldedText folded(other);
    size_t byte = 0;
    for (size_t i = 0; i < folded.size(); ++i) {
      if (i > 0 && folded.begin_byte(i) == folded.begin_byte(i - 1)) continue;
      EXPECT_EQ(folded.begin_byte(i), byte) << other;
      byte = folded.end_byte(i);
    }
    EXPECT_EQ(byte, folded.typed().size()) << other;
  }
}

TEST(FoldedText, WhatDividesNumbersSeparates) {
  for (const char* const sign :
       {" ", "-", "－", "ー", "・", ".", "/", "　", "_", ":", "(", "）", "\n"}) {
    EXPECT_TRUE(FoldedText(sign).separates(0)) << sign;
  }
  for (const char* const sign : {"a", "山", "+", "*", "@", "5"}) {
    EXPECT_FALSE(FoldedText(sign).separates(0)) << sign;
  }
}

TEST(FoldedText, MarksThatWereTypedHoldNothing) {
  const std::string typed = "a [OWN NAME 12] [CARD CODE] [NAME] [NAME 0] [phone 1] ［NAME 1］";
  const FoldedText text(typed);
  std::string held;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!text.in_mark(i)) {
      held += text.Typed(i, i + 1);
    } else {
      EXPECT_FALSE(text.is_word(i) || text.separates(i) || text.digit(i) >= 0);
      EXPECT_EQ(text.plain()[i], U'\uFFFC');
    }
  }
  EXPECT_EQ(held, "a   [NAME] [NAME 0] [phone 1] ［NAME 1］");
}

}  // namespace
}  // namespace switchboard::redaction

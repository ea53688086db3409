#include "hub/redaction/phones.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace switchboard::redaction {
namespace {

std::string Found(const std::string& typed) {
  const FoldedText text(typed);
  Marks marks(text);
  FindPhones(&marks);
  std::string left;
  size_t byte = 0;
  for (const Span& span : marks.Resolved()) {
    EXPECT_EQ(span.kind, v1::TextMark::KIND_PHONE);
    const size_t begin = text.begin_byte(span.begin), end = text.end_byte(span.end - 1);
    left += typed.substr(byte, begin - byte) + "<" + typed.substr(begin, end - begin) + ">";
    byte = end;
  }
  return left + typed.substr(byte);
}

TEST(Phones, AreFoundInTheFormsOfTheirCountries) {
  for (const char* const text : {
           // Japan
           "連絡先は<090-1234-5678>",
           "<09012345678>へ",
           "<０９０－１２３４－５６７８>",
           "<03-1234-5678>",
           "<（03）1234-5678>",
           "<03(1234)5678>",
           "<0120-123-456>",
           "<0467-12-3456>",
           "<045 234 5678>",
           "<080ー1234ー5678>です",
           "<〇九〇-一二三四-五六七八>",
           "TEL<0312345678>",
           "<050-1234-5678>不通",
           // China, Taiwan, Korea
           "电话换成<13812345678>了",
           "<138-1234-5678>",
           "<138 1234 5678>",
           "<010-62345678>",
           "手机：<13812345678>",
           // Without blanks: what follows may begin as a counter or a numeral does.
           "请拨打<13812345678>回电",
           "我用<13812345678>一直没人接",
           "打<13812345678>三次都不通",
           "换成<13812345678>年底再说",
           "老婆<13812345678>万女士",
           "第一<13812345678>",
           "请拨打<62345678>找他",
           "<010-62345678>一直占线",
           "换成<8613812345678>了",
           "phone <9123 4567> / <6123 4567> office",
           "<0912-345-678>",
           "<02-2345-6789>",
           "<010-1234-5678>로 전화",
           "<02-312-3456>",
           // North America
           "call <212-555-0123> now",
           "<(212) 555-0123>",
           "<212.555.0123 x44>",
           "<1-212-555-0123>",
           "reach me on <2125550123>",
           "phone 2: <212 555 0123 ext. 12>",
           // Europe
           "<020 7946 0958>",
           "<07700 900123>",
           "<01 42 68 53 00>",
           "<030 12345678>",
           // Abroad
           "<+81 90 1234 5678>",
           "<+819012345678>",
           "<+81-3-1234-5678>",
           "<+1 (212) 555-0123>",
           "<＋８１ ９０ １２３４ ５６７８>",
           "<(+44) 20 7946 0958>",
           "<+86 138 1234 5678>",
           "<010 81 90 1234 5678>",
           "<0081 90 1234 5678>",
           "<819012345678>",
           "<8190 1234 5678> 2026",
       }) {
    std::string typed = text;
    std::erase(typed, '<');
    std::erase(typed, '>');
    EXPECT_EQ(Found(typed), text);
  }
}

TEST(Phones, AreFoundBehindAWord) {
  for (const char* const text : {
           "her number is <555-0123>",
           "電話番号 <123-4567>",
           "call <33 93 31>",
           "fax: <5550123>",
           "<61 51 81> office",
           // Side by side: numbers of eight digits, and no card.
           "tel <9123-4567>/<6123-4567>",
           "电话 <6234 5678> <6234 5679>",
           "电话 <6234 5678> <6234 5679> <6234 5670>",
           "call <6234-5678>-<6234-5679>",
           "her number is <9123 4567> <6123 4567>",
           "tel <9123 4567> <6123 4567> 2026",
           // The last digit in Han numerals, or a word that begins with one.
           "电话 <1381234567八>",
           "电话<6234567八>",
           "电话<13812345678>一直没人接",
           "电话 <03-1234-567八>",
       }) {
    std::string typed = text;
    std::erase(typed, '<');
    std::erase(typed, '>');
    EXPECT_EQ(Found(typed), text);
  }
}

TEST(Phones, OtherNumbersStay) {
  for (const char* const text : {
           "",
           "2026-11-27 09:30",
           "11/27/2026",
           "on 27.11.2026 at 10:00",
           "20261127",
           // A card number with a wrong digit.
           "number with a typo 4242 4242 4242 4243 was refused",
           "09:30-18:00",
           "¥1,234,567",
           "12345.67",
           "1234567.89 USD",
           "3000000円",
           "100,000,000",
           "$2125550123",
           "郵便番号は342-0011。",
           "〒150-0041",
           "使用016/014拨号",
           "flight JL 016",
           "order 2125550123",
           "訂單号 13",
           "注文番号 123-456-7890",
           "ref_09012345678",
           "A09012345678",
           "ABC-0312",
           "000-0000-0000",
           "1111111111",
           "12345",
           "1234567890123456789",
           "5 of 10",
           "50%",
           "1-19-11",
           "room 305-2",
           "case number 555-0123",
           "v1.2.3.4",
           "[PHONE 1] 22",
       }) {
    EXPECT_EQ(Found(text), text);
  }
}

TEST(Phones, OneLineHasOneValue) {
  const std::string typed =
      "090-1234-5678 ０９０１２３４５６７８ +81 90 1234 5678 +81 (0)90 1234 5678";
  const FoldedText text(typed);
  Marks marks(text);
  FindPhones(&marks);
  const std::vector<Span> spans = marks.Resolved();
  ASSERT_EQ(spans.size(), 4u);
  for (const Span& span : spans) EXPECT_EQ(span.value, "+819012345678") << span.begin;
}

TEST(Phones, WhatIsTakenIsNoPhone) {
  const FoldedText text("4111 1111 1111 1111 090-1234-5678");
  Marks marks(text);
  marks.Add({0, 19, v1::TextMark::KIND_CARD});
  FindPhones(&marks);
  const std::vector<Span> spans = marks.Resolved();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(text.Typed(spans[1].begin, spans[1].end), "090-1234-5678");
}

}  // namespace
}  // namespace switchboard::redaction

#include "hub/redaction/identity_numbers.h"

#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "hub/redaction/check_digits.h"

namespace switchboard::redaction {
namespace {

// The text with ids in < > and bank accounts in { }.
std::string Found(const std::string& typed) {
  const FoldedText text(typed);
  Marks marks(text);
  FindIdentityNumbers(&marks);
  std::string left;
  size_t byte = 0;
  for (const Span& span : marks.Resolved()) {
    const bool account = span.kind == v1::TextMark::KIND_ACCOUNT;
    EXPECT_TRUE(account || span.kind == v1::TextMark::KIND_IDENTITY_NUMBER);
    const size_t begin = text.begin_byte(span.begin), end = text.end_byte(span.end - 1);
    left += typed.substr(byte, begin - byte) + (account ? "{" : "<") +
            typed.substr(begin, end - begin) + (account ? "}" : ">");
    byte = end;
  }
  return left + typed.substr(byte);
}

TEST(IdentityNumbers, AreFoundByTheirCheckDigits) {
  for (const char* const text : {
           "<621498320257>",  // Japan, individual number
           "<6214 9832 0257>です",
           "個人番号は<６２１４－９８３２－０２５７>",
           "<AB12345678CD>",        // Japan, residence card
           "<360426199101010071>",  // China
           "<44011320141005001X>",
           "<44011320141005001x>。",
           "证件<440113 20141005 001X>",
           "证件<360426199101010071>一直没变",
           "证件<36042619910101007一>",
           "<933840198001010019>",      // a permit of a foreigner's, given in Zhejiang
           "身份证 <440113920502001>",  // of 15 digits
           "<A123456789>",              // Taiwan
           "HKID <A123456(3)>",         // Hong Kong
           "香港身份證<A1234563>",
           "<800502-1234565>",  // Korea
           "<8005021234565>",
           "<800502-1******>",
           "<123-45-6789>",  // United States
           "SSN <123456789>",
           "<912-70-1234>",
           "<2341 2341 2346>",  // India
           "<ABCPE1234F>",
           "<AB 12 34 56 C>",  // United Kingdom
           "NHS <943 476 5919>",
           "<S1234567D>",  // Singapore
           "<12345678Z>",  // Spain
           "<X1234567L>",
           "<2 55 08 14 168 025 38>",        // France
           "<RSSMRA85T10A562S>",             // Italy
           "<111.444.777-35>",               // Brazil
           "<1-1017-01234-56-1>",            // Thailand
           "<800502-14-5678>",               // Malaysia
           "{DE89 3704 0044 0532 0130 00}",  // IBAN
           "{GB82WEST12345698765432} please",
       }) {
    std::string typed = text;
    for (const char sign : {'<', '>', '{', '}'}) std::erase(typed, sign);
    EXPECT_EQ(Found(typed), text);
  }
}

TEST(IdentityNumbers, AreFoundBehindAWordWhateverTheirDigits) {
  for (const char* const text : {
           "passport no. <TK1234567>",
           "パスポート番号：<TK 1234567>",
           "護照 <312345678>",
           "driver's license <D123-4567-8901>",
           "免許証番号は<123456789012>",
           "身份证号<36042619910101007>",
           "マイナンバー <1234 5678 9012>",
           "年金番号<1234-567890>",
           "여권 <M12345678>",
           "口座番号{1234567}",
           "普通 {7654321}",
           "账号：{6222 0212 3456}",
           "account number {000123456789}",
       }) {
    std::string typed = text;
    for (const char sign : {'<', '>', '{', '}'}) std::erase(typed, sign);
    EXPECT_EQ(Found(typed), text);
  }
}

TEST(IdentityNumbers, OthersStay) {
  for (const char* const text : {
           "",
           "621498320258",         // one digit wrong
           "621498320275",         // transposed
           "6214 9832 0257 1234",  // groups of a longer one
           "360426199113010071",   // no such day
           "990426199112010074",   // no such province
           "360426199101010072",
           "A123456788",
           "A123456(4)",
           "801302-1234565",  // no such month
           "8005021234566",
           "000-12-3456",
           "666-12-3456",
           "123-00-4567",
           "123-45-0000",
           "123456789",
           "2341 2341 2341",
           "ABCCE1234F",  // of a company
           "BG 12 34 56 C",
           "943 476 5919",  // without a word
           "S1234567E",
           "12345678A",
           "111.444.777-36",
           "DE89 3704 0044 0532 0130 01",
           "ZZ89370400440532013000",
           // Numbers of companies.
           "法人番号1020281079130",
           "統一編號 00501503",
           "121200004013590816",
           // Days, amounts and what is dialled.
           "passport expires 2026-12-01",
           "口座から100000円",
           "+819012345678",
           "2026-11-27",
           "免許証のコピー",
           "account 12",
           "id number 5",
           "普通に話した",
       }) {
    EXPECT_EQ(Found(text), text);
  }
}

TEST(IdentityNumbers, HaveOneValueHoweverTheyAreTyped) {
  const FoldedText text("621498320257, 6214-9832-0257, ６２１４　９８３２　０２５７");
  Marks marks(text);
  FindIdentityNumbers(&marks);
  const std::vector<Span> spans = marks.Resolved();
  ASSERT_EQ(spans.size(), 3u);
  for (const Span& span : spans) EXPECT_EQ(span.value, "621498320257");
}

// Whichever digit is another, the check fails; of the weaker ones the last is told apart.
TEST(CheckDigits, FailForAnyOtherDigit) {
  const struct {
    bool (*is)(std::string_view);
    const char* number;
    bool only_last;
  } rows[] = {
      {IsMyNumber, "621498320257", true},
      {IsChineseResident, "360426199101010071", false},
      {IsTaiwaneseId, "A123456789", true},
      {IsHongKongId, "A1234563", false},
      {PassesKoreanCheck, "8005021234565", true},
      {IsAadhaar, "234123412346", false},
      {IsNhsNumber, "9434765919", false},
      {IsSingaporeId, "S1234567D", false},
      {IsSpanishId, "12345678Z", false},
      {IsFrenchNir, "255081416802538", false},
      {IsCpf, "11144477735", true},
      {IsThaiId, "1101701234561", true},
      {IsIban, "DE89370400440532013000", false},
  };
  for (const auto& row : rows) {
    EXPECT_TRUE(row.is(row.number)) << row.number;
    std::string other = row.number;
    for (size_t i = row.only_last ? other.size() - 1 : 0; i < other.size(); ++i) {
      const char was = other[i];
      if (was < '0' || was > '9') continue;
      for (char c = '0'; c <= '9'; ++c) {
        other[i] = c;
        EXPECT_EQ(row.is(other), c == was) << other;
      }
      other[i] = was;
    }
    EXPECT_FALSE(row.is(other.substr(1))) << other;
    EXPECT_FALSE(row.is(other + "0")) << other;
    EXPECT_FALSE(row.is("")) << other;
  }
}

TEST(CheckDigits, KnowDaysThatAre) {
  EXPECT_TRUE(IsDate("20240229"));
  EXPECT_FALSE(IsDate("20230229"));
  EXPECT_FALSE(IsDate("18991231"));
  EXPECT_FALSE(IsDate("20231301"));
  EXPECT_TRUE(IsShortDate("000229"));  // of 2000
  EXPECT_FALSE(IsShortDate("010229"));
}

}  // namespace
}  // namespace switchboard::redaction

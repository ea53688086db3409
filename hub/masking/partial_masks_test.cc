#include "hub/masking/partial_masks.h"

#include <string>

#include "gtest/gtest.h"

namespace switchboard::masking {
namespace {

struct NameRow {
  const char* family;
  const char* given;
  const char* whole;
  const char* family_name;
  const char* initials;
};

TEST(PartialMasks, Names) {
  const NameRow kRows[] = {
      // Japanese: kanji, kana beside kanji, iteration mark, kana only, half-width kana with its
      // voice mark.
      {"山田", "太郎", "山田太郎", "山田", "山*** 太***"},
      {"佐々木", "希", "佐々木希", "佐々木", "佐*** 希***"},
      {"高橋", "さくら", "高橋 さくら", "高橋", "高*** さ***"},
      {"一ノ瀬", "優", "一ノ瀬 優", "一ノ瀬", "一*** 優***"},
      {"ヤマダ", "タロウ", "ヤマダ タロウ", "ヤマダ", "ヤ*** タ***"},
      {"ﾔﾏﾀﾞ", "ﾀﾛｳ", "ﾔﾏﾀﾞ ﾀﾛｳ", "ﾔﾏﾀﾞ", "ﾔ*** ﾀ***"},
      {"ﾀﾞﾃ", "ﾏｻﾑﾈ", "ﾀﾞﾃ ﾏｻﾑﾈ", "ﾀﾞﾃ", "ﾀﾞ*** ﾏ***"},
      {"ジョーンズ", "マリア", "ジョーンズ マリア", "ジョーンズ", "ジ*** マ***"},
      // A variation selector belongs to its character: 辻 with one dot.
      {"辻\U000E0100村", "健", "辻\U000E0100村健", "辻\U000E0100村", "辻\U000E0100*** 健***"},
      // Outside the basic plane: 𠮷田.
      {"𠮷田", "花子", "𠮷田花子", "𠮷田", "𠮷*** 花***"},
      // Chinese: compound and single surnames, traditional writing.
      {"欧阳", "修", "欧阳修", "欧阳", "欧*** 修***"},
      {"司马", "相如", "司马相如", "司马", "司*** 相***"},
      {"諸葛", "亮", "諸葛亮", "諸葛", "諸*** 亮***"},
      {"李", "小龙", "李小龙", "李", "李*** 小***"},
      // One character each: the initials would be the name.
      {"李", "伟", "李伟", "李", "李*** ***"},
      {"", "伟", "伟", "***", "***"},
      {"J", "S", "S J", "J", "S*** ***"},
      // Korean, composed and as conjoining letters.
      {"김", "민수", "김민수", "김", "김*** 민***"},
      {"\u1100\u1175\u11B7", "민수", "\u1100\u1175\u11B7민수", "\u1100\u1175\u11B7",
       "\u1100\u1175\u11B7*** 민***"},
      // Latin and others: given name first, word by word.
      {"Smith", "Mary Ann", "Mary Ann Smith", "Smith", "M*** A*** S***"},
      {"O'Brien", "Anne-Marie", "Anne-Marie O'Brien", "O'Brien", "A*** O***"},
      {"de la Cruz", "José", "José de la Cruz", "de la Cruz", "J*** d*** l*** C***"},
      {"Østergård", "Åse", "Åse Østergård", "Østergård", "Å*** Ø***"},
      {"Nguyễn", "E\u0301lise", "E\u0301lise Nguyễn", "Nguyễn", "E\u0301*** N***"},
      {"Петров", "Иван", "Иван Петров", "Петров", "И*** П***"},
      {"शर्मा", "किरण", "किरण शर्मा", "शर्मा", "कि*** श***"},
      // Mononyms.
      {"", "Suharto", "Suharto", "S***", "S***"},
      {"", "王力宏", "王力宏", "王***", "王***"},
      // A Latin given name beside a kanji family name keeps the family first.
      {"山田", "Maria", "山田 Maria", "山田", "山*** M***"},
      // Blanks of any width divide words; nothing else is left of them.
      {" 山田　", "太郎", " 山田　 太郎", " 山田　", "山*** 太***"},
      {"", "", "", "", ""},
      // Not UTF-8: hidden whole where a mask applies.
      {"\xFF\xFE", "Jane", "Jane \xFF\xFE", "\xFF\xFE", "J*** ***"},
  };
  for (const NameRow& row : kRows) {
    const NameOrder order = OrderOfName(row.family, row.given);
    EXPECT_EQ(WholeName(row.family, row.given, order), row.whole);
    EXPECT_EQ(FamilyNameMask(row.family, row.given, order), row.family_name);
    EXPECT_EQ(InitialsMask(row.family, row.given, order), row.initials);
  }
}

TEST(PartialMasks, AReadingKeepsTheOrderOfItsName) {
  const NameOrder order = OrderOfName("欧阳", "修");
  EXPECT_EQ(WholeName("Ouyang", "Xiu", order), "Ouyang Xiu");
  EXPECT_EQ(InitialsMask("Ouyang", "Xiu", order), "O*** X***");
  EXPECT_EQ(WholeName("Smith", "John", OrderOfName("Smith", "John")), "John Smith");
}

TEST(PartialMasks, AsterisksDoNotTellTheLength) {
  EXPECT_EQ(InitialsMask("Li", "Bo", NameOrder::kGivenFirst),
            InitialsMask("Livingstone", "Bartholomew", NameOrder::kGivenFirst));
  EXPECT_EQ(LastFourMask("+6581231234"), LastFourMask("+8613812341234"));
}

TEST(PartialMasks, Phones) {
  const std::pair<const char*, const char*> kRows[] = {
      {"+819012341234", "*******1234"},     // Japan, mobile
      {"+81312345678", "*******5678"},      // Japan, Tokyo
      {"+8613912345678", "*******5678"},    // China, mobile
      {"+12125550123", "*******0123"},      // United States
      {"+442079460958", "*******0958"},     // United Kingdom
      {"+821012345678", "*******5678"},     // Korea
      {"+886912345678", "*******5678"},     // Taiwan
      {"+919876543210", "*******3210"},     // India
      {"+6581234567", "*******4567"},       // Singapore, ten digits with the country code
      {"+85251234567", "*******4567"},      // Hong Kong
      {"+123456789012345", "*******2345"},  // the longest there is
      {"+298123456", "*******456"},         // Faroe Islands: nine digits, a third of them
      {"+29021234", "*******34"},           // Saint Helena: eight digits
      {"+2902123", "*******23"},
      {"+123", "*******3"},
      {"+12", "*******"},
      {"+", "*******"},
      {"", "*******"},
      // Not E.164: nothing is shown.
      {"09012341234", "*******"},
      {"+81-90-1234-1234", "*******"},
      {"+819012341234x99", "*******"},
      {"+８１９０１２３４１２３４", "*******"},
  };
  for (const auto& [phone, masked] : kRows) EXPECT_EQ(LastFourMask(phone), masked) << phone;
}

TEST(PartialMasks, Emails) {
  const std::pair<const char*, const char*> kRows[] = {
      {"taro.yamada@example.co.jp", "***@example.co.jp"},
      {"\"a@b\"@example.com", "***@example.com"},
      {"a@b@example.com", "***@example.com"},
      {"no-domain", "***"},
      {"", "***"},
  };
  for (const auto& [email, masked] : kRows) EXPECT_EQ(DomainMask(email), masked);
}

TEST(PartialMasks, CardNumbers) {
  const std::pair<const char*, const char*> kRows[] = {
      {"4111111111111111", "************1111"},
      {"378282246310005", "***********0005"},
      {"6304000000000000006", "***************0006"},
      {"501800000009", "********0009"},
      {"", ""},
      {"1234567", "***"},
      {"4111-1111-1111-1111", "***"},
      {"41111111111x1111", "***"},
  };
  for (const auto& [card, masked] : kRows) EXPECT_EQ(CardMask(card), masked);
}

TEST(PartialMasks, Addresses) {
  v1::Address address;
  address.set_country("JP");
  address.set_postal_code("150-0041");
  address.set_region("東京都");
  address.set_city("渋谷区");
  address.set_district("神南");
  address.set_street("1-19-11 パークウェースクエア2 4階");
  const auto masked = [&](AddressLevel level) {
    v1::Address left;
    AddressMask(address, level, &left);
    return left.country() + "|" + left.postal_code() + "|" + left.region() + "|" + left.city() +
           "|" + left.district() + "|" + left.street();
  };
  EXPECT_EQ(masked(AddressLevel::kRegion), "JP||東京都|||");
  EXPECT_EQ(masked(AddressLevel::kCity), "JP||東京都|渋谷区||");
  EXPECT_EQ(masked(AddressLevel::kDistrict), "JP||東京都|渋谷区|神南|");
}

v1::Date Day(int year, int month, int day) {
  v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

TEST(PartialMasks, BirthDates) {
  EXPECT_EQ(BirthDay(Day(1980, 5, 2)), "1980-05-02");
  EXPECT_EQ(BirthYear(Day(1980, 5, 2)), "1980");
  for (const v1::Date& bad : {Day(1980, 2, 30), Day(1980, 13, 1), Day(0, 0, 0), Day(1899, 1, 1),
                              Day(2201, 1, 1), Day(2147483647, 1, 1), Day(1980, -2147483647, 1)}) {
    EXPECT_EQ(BirthDay(bad), std::nullopt);
    EXPECT_EQ(BirthYear(bad), std::nullopt);
    EXPECT_EQ(AgeBand(bad, absl::CivilDay(2026, 11, 22)), std::nullopt);
  }
}

TEST(PartialMasks, AgesAreCountedOnTheDayGiven) {
  struct Row {
    v1::Date birth;
    absl::CivilDay today;
    std::optional<std::string> band;
  };
  const Row kRows[] = {
      {Day(1980, 5, 2), absl::CivilDay(2026, 11, 22), "40-49"},
      {Day(1976, 11, 23), absl::CivilDay(2026, 11, 22), "40-49"},  // fifty tomorrow
      {Day(1976, 11, 22), absl::CivilDay(2026, 11, 22), "50-59"},  // fifty today
      {Day(2004, 2, 29), absl::CivilDay(2034, 2, 28), "20-29"},    // thirty on March 1st
      {Day(2004, 2, 29), absl::CivilDay(2034, 3, 1), "30-39"},
      {Day(2026, 11, 22), absl::CivilDay(2026, 11, 22), "0-9"},
      {Day(1921, 1, 1), absl::CivilDay(2026, 11, 22), "100-109"},
      {Day(2026, 11, 23), absl::CivilDay(2026, 11, 22), std::nullopt},
  };
  for (const Row& row : kRows) EXPECT_EQ(AgeBand(row.birth, row.today), row.band);
}

TEST(PartialMasks, AmountBands) {
  struct Row {
    int64_t amount;
    std::vector<int64_t> ends;
    int64_t from;
    std::optional<int64_t> below;
  };
  const Row kRows[] = {
      {0, {10000, 50000}, 0, 10000},
      {9999, {10000, 50000}, 0, 10000},
      {10000, {10000, 50000}, 10000, 50000},  // the lower end belongs to the band
      {50000, {10000, 50000}, 50000, std::nullopt},
      {999'999'999'999'999, {10000, 50000}, 50000, std::nullopt},
      {-1, {10000, 50000}, -1'000'000'000'000'000, 0},
      {-1, {0}, -1'000'000'000'000'000, 0},
      {0, {0}, 0, std::nullopt},
      {-500, {-1000, 1000}, -1000, 1000},
      {-1001, {-1000, 1000}, -1'000'000'000'000'000, -1000},
  };
  for (const Row& row : kRows) {
    v1::Money money;
    money.set_currency_code("JPY");
    money.set_minor_units(row.amount);
    const v1::AmountBand band = AmountBandOf(money, row.ends);
    EXPECT_EQ(band.currency_code(), "JPY");
    EXPECT_EQ(band.from_minor_units(), row.from) << row.amount;
    EXPECT_EQ(
        band.has_below_minor_units() ? std::make_optional(band.below_minor_units()) : std::nullopt,
        row.below)
        << row.amount;
  }
}

}  // namespace
}  // namespace switchboard::masking

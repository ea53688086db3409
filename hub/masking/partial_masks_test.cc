#include "hub/masking/partial_masks.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace switchboard::masking {
namespace {

struct NameRow {
  const char* family;
  const char* given;
  const char* language;
  const char* whole;
  const char* family_name;
  const char* initials;
};

TEST(PartialMasks, Names) {
  const NameRow kRows[] = {
      // Japanese: kanji, kana beside kanji, iteration mark, kana only, half-width kana with its
      // voice mark.
      {"山田", "太郎", "ja", "山田太郎", "山田", "山*** 太***"},
      {"佐々木", "希", "ja", "佐々木希", "佐々木", "佐*** 希***"},
      {"高橋", "さくら", "ja", "高橋さくら", "高橋", "高*** さ***"},
      {"渡辺", "ケイト", "ja", "渡辺ケイト", "渡辺", "渡*** ケ***"},
      {"高橋", "ゆーこ", "ja", "高橋ゆーこ", "高橋", "高*** ゆ***"},
      {"一ノ瀬", "優", "ja", "一ノ瀬優", "一ノ瀬", "一*** 優***"},
      {"ヤマダ", "タロウ", "ja", "ヤマダ タロウ", "ヤマダ", "ヤ*** タ***"},
      {"ﾔﾏﾀﾞ", "ﾀﾛｳ", "ja", "ﾔﾏﾀﾞ ﾀﾛｳ", "ﾔﾏﾀﾞ", "ﾔ*** ﾀ***"},
      {"ﾀﾞﾃ", "ﾏｻﾑﾈ", "ja", "ﾀﾞﾃ ﾏｻﾑﾈ", "ﾀﾞﾃ", "ﾀﾞ*** ﾏ***"},
      {"ジョーンズ", "マリア", "ja", "ジョーンズ マリア", "ジョーンズ", "ジ*** マ***"},
      {"山田", "太郎", "en", "山田太郎", "山田", "山*** 太***"},
      // A variation selector belongs to its character: 辻 with one dot.
      {"辻\U000E0100村", "健", "ja", "辻\U000E0100村健", "辻\U000E0100村", "辻\U000E0100*** 健***"},
      // Outside the basic plane: 𠮷田.
      {"𠮷田", "花子", "ja", "𠮷田花子", "𠮷田", "𠮷*** 花***"},
      // Chinese: compound and single surnames, traditional writing.
      {"欧阳", "修", "zh", "欧阳修", "欧阳", "欧*** 修***"},
      {"司马", "相如", "zh", "司马相如", "司马", "司*** 相***"},
      {"諸葛", "亮", "zh-Hant", "諸葛亮", "諸葛", "諸*** 亮***"},
      {"李", "小龙", "zh", "李小龙", "李", "李*** 小***"},
      // One character each: the initials would be the name.
      {"李", "伟", "zh", "李伟", "李", "李*** ***"},
      {"", "伟", "zh", "伟", "***", "***"},
      {"J", "S", "en", "S J", "J", "S*** ***"},
      // Korean, composed and as conjoining letters.
      {"김", "민수", "ko", "김민수", "김", "김*** 민***"},
      {"남궁", "민수", "ko", "남궁민수", "남궁", "남*** 민***"},
      {"\u1100\u1175\u11B7", "민수", "ko", "\u1100\u1175\u11B7민수", "\u1100\u1175\u11B7",
       "\u1100\u1175\u11B7*** 민***"},
      // Languages that put the family first in Latin letters too.
      {"Nguyễn", "Văn An", "vi", "Nguyễn Văn An", "Nguyễn", "N*** V*** A***"},
      {"Nagy", "László", "hu-HU", "Nagy László", "Nagy", "N*** L***"},
      {"Kim", "Minsu", "ko", "Kim Minsu", "Kim", "K*** M***"},
      {"Li", "Wei", "zh-Hans", "Li Wei", "Li", "L*** W***"},
      {"YAMADA", "TARO", "ja", "YAMADA TARO", "YAMADA", "Y*** T***"},
      // Latin and others: given name first, word by word.
      {"Smith", "Mary Ann", "en", "Mary Ann Smith", "Smith", "M*** A*** S***"},
      {"Smith", "Mary Ann", "", "Mary Ann Smith", "Smith", "M*** A*** S***"},
      {"O'Brien", "Anne-Marie", "en", "Anne-Marie O'Brien", "O'Brien", "A*** O***"},
      {"Smith-Jones", "J. R.", "en", "J. R. Smith-Jones", "Smith-Jones", "J*** R*** S***"},
      {"de la Cruz", "José", "es", "José de la Cruz", "de la Cruz", "J*** d*** l*** C***"},
      {"Østergård", "Åse", "da", "Åse Østergård", "Østergård", "Å*** Ø***"},
      {"Nguyễn", "E\u0301lise", "fr", "E\u0301lise Nguyễn", "Nguyễn", "E\u0301*** N***"},
      {"Петров", "Иван", "ru", "Иван Петров", "Петров", "И*** П***"},
      {"शर्मा", "किरण", "hi", "किरण शर्मा", "शर्मा", "कि*** श***"},
      // With a title.
      {"Smith", "Dr. John", "en", "Dr. John Smith", "Smith", "D*** J*** S***"},
      // Mononyms.
      {"", "Suharto", "id", "Suharto", "S***", "S***"},
      {"", "王力宏", "zh", "王力宏", "王***", "王***"},
      // A Latin given name beside a kanji family name keeps the family first.
      {"山田", "Maria", "en", "山田 Maria", "山田", "山*** M***"},
      // Blanks of any width divide words; nothing else is left of them.
      {" 山田　", "太郎", "ja", " 山田　 太郎", " 山田　", "山*** 太***"},
      // What was typed into a name and is none stays inside.
      {"山田 090-1234-5678", "太郎", "ja", "山田 090-1234-5678 太郎", "山田 ***",
       "山*** *** 太***"},
      {"山田（携帯は夫）", "太郎", "ja", "山田（携帯は夫） 太郎", "山田***", "山*** 太***"},
      {"Smith taro@example.jp", "J", "en", "J Smith taro@example.jp", "Smith ***",
       "J*** S*** t***"},
      {"(株)山田", "太郎", "ja", "(株)山田 太郎", "***", "*** 太***"},
      {"", "", "ja", "", "", ""},
      // Not UTF-8: hidden whole where a mask applies.
      {"\xFF\xFE", "Jane", "en", "Jane \xFF\xFE", "***", "J*** ***"},
  };
  for (const NameRow& row : kRows) {
    const NameParts name = {row.family, row.given};
    const NameOrder order = OrderOfName(name, row.language, "");
    EXPECT_EQ(WholeName(name, order), row.whole);
    EXPECT_EQ(FamilyNameMask(name, row.language, order), row.family_name);
    EXPECT_EQ(InitialsMask(name, order), row.initials);
  }
}

TEST(PartialMasks, FamilyNamesHoldNoGivenNameAndNothingElse) {
  struct Row {
    const char* family;
    const char* given;
    const char* shown;
  };
  const Row kRows[] = {
      // Of Han, kana and Hangul the first word, whatever the given name is.
      {"山田 太郎", "太郎", "山田 ***"},
      {"山田　太郎", "花子", "山田　***"},
      {"ヤマダ タロウ", "タロウ", "ヤマダ ***"},
      {"ﾔﾏﾀﾞ ﾀﾛｳ", "タロウ", "ﾔﾏﾀﾞ ***"},
      {"김 민수", "민수", "김 ***"},
      {"欧阳 修", "修", "欧阳 ***"},
      {"山田 Taro", "太郎", "山田 ***"},
      {"Yamada 太郎", "花子", "Yamada ***"},
      // The given name, in any script, case and width.
      {"太郎", "太郎", "***"},
      {"Smith TARO", "Taro", "Smith ***"},
      {"Ｔａｒｏ Smith", "taro", "*** Smith"},
      {"Smith Taro.", "Taro", "Smith ***"},
      {"Smith Ann", "Mary Ann", "Smith ***"},
      {"ИВАН Петров", "Иван", "*** Петров"},
      {"Taro,Smith", "Taro", "***"},
      {"ジョン・スミス", "ジョン", "***"},
      {"スミス・ジョン", "ジョン", "スミス・***"},
      {"山田太郎", "太郎", "山田***"},
      {"김민수", "민수", "김***"},
      {"ヤマダタロウ", "タロウ", "ヤマダ***"},
      {"五十嵐", "嵐", "五十嵐"},
      {"ササキ", "サキ", "ササキ"},
      {"Johnson", "son", "Johnson"},
      // A word that is no name, whole.
      {"Smith taro.yamada@example.jp", "J", "Smith ***"},
      {"taro.yamada", "Jiro", "***"},
      {"www.example.jp Smith", "J", "*** Smith"},
      {"Smith taro＠example", "J", "Smith ***"},
      {"Smith taro_yamada", "J", "Smith ***"},
      {"Smith x090", "J", "Smith ***"},
      {"山田1", "太郎", "***"},
      {"山田（090-1234-5678）", "太郎", "***"},
      {"Smith (Jones)", "J", "Smith ***"},
      {"Smith/Jones", "J", "Smith***"},
      // Names of several words, and with signs.
      {"de la Cruz", "María de la Luz", "de la Cruz"},
      {"van der Berg", "Jan", "van der Berg"},
      {"van den Heuvel", "Jan van", "van den Heuvel"},
      {"Du Cane", "Ann", "Du Cane"},
      {"O'Brien-Smith", "Anne", "O'Brien-Smith"},
      {"O’Brien", "Anne", "O’Brien"},
      {"García Márquez", "Gabriel", "García Márquez"},
      {"ガルシア・マルケス", "ガブリエル", "ガルシア・マルケス"},
      {"Smith Jr.", "John", "Smith Jr."},
      {"St. John", "Ann", "St. John"},
      {"St.John", "Ann", "St.John"},
      {"J.R.Smith", "Ann", "J.R.Smith"},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(FamilyNameMask({row.family, row.given}, "", NameOrder::kGivenFirst), row.shown)
        << row.family << " | " << row.given;
  }
}

TEST(PartialMasks, AsterisksDoNotTellTheLength) {
  EXPECT_EQ(InitialsMask({"Li", "Bo"}, NameOrder::kGivenFirst),
            InitialsMask({"Livingstone", "Bartholomew"}, NameOrder::kGivenFirst));
}

TEST(PartialMasks, LanguagesWithoutWhatElseStandsInATag) {
  const std::pair<const char*, const char*> kRows[] = {
      {"ja", "ja"},
      {"zh-Hant", "zh-Hant"},
      {"zh-yue-Hant-HK", "zh-yue-Hant-HK"},
      {"es-419", "es-419"},
      {"de-CH-1996", "de-CH"},
      {"ja-x-taro-yamada", "ja"},
      {"ja-JP-u-ca-japanese", "ja-JP"},
      {"ja-0901234-5678", "ja"},
      // No more parts than a tag has of each kind, and in its order.
      {"ja-819-012-345-678", "ja-819"},
      {"ja-JP-819", "ja-JP"},
      {"ja-JP-Jpan", "ja-JP"},
      {"ja-Jpan-taro-JP", "ja-Jpan"},
      {"zh-Hant-Hans-TW", "zh-Hant"},
      {"zh-aaa-bbb-ccc-ddd-TW", "zh-aaa-bbb-ccc"},
      {"zh-Hant-TW-HK", "zh-Hant-TW"},
      {"sr-Latn-RS", "sr-Latn-RS"},
      {"yue-HK", "yue-HK"},
      {"819-012", ""},
      {"yamada", ""},
      {"", ""},
  };
  for (const auto& [tag, masked] : kRows) EXPECT_EQ(LanguageOnly(tag), masked) << tag;
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

#include "hub/masking/name_order.h"

#include "gtest/gtest.h"

namespace switchboard::masking {
namespace {

constexpr NameOrder kFamily = NameOrder::kFamilyFirst;
constexpr NameOrder kGiven = NameOrder::kGivenFirst;

struct Row {
  const char* family;
  const char* given;
  const char* language;
  const char* country;
  NameOrder order;
};

void Expect(const Row& row) {
  EXPECT_EQ(OrderOfName({row.family, row.given}, row.language, row.country), row.order)
      << row.family << " | " << row.given << " | " << row.language << " | " << row.country;
}

TEST(NameOrderTest, SomeWritingPutsTheFamilyFirstInAnyLanguage) {
  const Row kRows[] = {
      {"山田", "太郎", "ja", "JP", kFamily},
      {"山田", "太郎", "en", "US", kFamily},
      {"山田", "太郎", "", "", kFamily},
      {"山田", "Maria", "pt", "BR", kFamily},
      {"欧阳", "修", "zh", "CN", kFamily},
      {"李", "小龙", "en", "US", kFamily},
      {"김", "민수", "ko", "KR", kFamily},
      {"김", "민수", "de", "DE", kFamily},
      {"やまだ", "たろう", "en", "US", kFamily},
      {"ㄌㄧˇ", "ㄅㄞˊ", "zh", "TW", kFamily},
      // Wherever in the family name it stands.
      {"一ノ瀬", "優", "en", "US", kFamily},
      {"ノ瀬", "優", "en", "US", kFamily},
      {"Dr. 山田", "太郎", "en", "US", kFamily},
      {"(株)山田", "太郎", "en", "US", kFamily},
      // Without a family name the given one tells.
      {"", "王力宏", "en", "US", kFamily},
      {"", "Suharto", "id", "ID", kGiven},
      {"Smith", "太郎", "en", "US", kGiven},
  };
  for (const Row& row : kRows) Expect(row);
}

TEST(NameOrderTest, KatakanaFollowsTheLanguage) {
  const Row kRows[] = {
      {"ヤマダ", "タロウ", "ja", "JP", kFamily},
      {"ﾔﾏﾀﾞ", "ﾀﾛｳ", "ja", "JP", kFamily},
      {"ジョーンズ", "マリア", "ja", "JP", kFamily},
      {"ジョーンズ", "マリア", "en", "JP", kGiven},
      {"シルヴァ", "アナ", "pt-BR", "JP", kGiven},
      {"オウヨウ", "シュウ", "zh", "JP", kFamily},
      {"キム", "ミンス", "ko", "KR", kFamily},
      // The country where no language is told, and what is usual where that is not either.
      {"ヤマダ", "タロウ", "", "JP", kFamily},
      {"ジョーンズ", "マリア", "und", "US", kGiven},
      {"ヤマダ", "タロウ", "", "", kFamily},
      {"ヤマダ", "タロウ", "mul", "", kFamily},
  };
  for (const Row& row : kRows) Expect(row);
}

TEST(NameOrderTest, OtherWritingFollowsTheLanguage) {
  const Row kRows[] = {
      {"YAMADA", "TARO", "ja", "JP", kFamily},
      {"Li", "Wei", "zh-Hans", "CN", kFamily},
      {"Chan", "Tai Man", "yue", "HK", kFamily},
      {"Chan", "Tai Man", "zh-HK", "HK", kFamily},
      {"Li", "Wei", "cmn", "", kFamily},
      {"Lim", "Bun", "nan", "TW", kFamily},
      {"Lim", "Bun", "hak", "TW", kFamily},
      {"Li", "Wei", "wuu", "CN", kFamily},
      {"Kim", "Minsu", "ko", "KR", kFamily},
      {"Nguyễn", "Văn An", "vi", "VN", kFamily},
      {"Nagy", "László", "hu", "HU", kFamily},
      {"Sok", "Dara", "km", "KH", kFamily},
      {"Батын", "Болд", "mn", "MN", kFamily},
      {"Nagy", "László", "HU-hu", "", kFamily},
      {"Smith", "Mary Ann", "en", "US", kGiven},
      {"Müller", "Jörg", "de", "DE", kGiven},
      {"Dupont", "Élise", "fr", "FR", kGiven},
      {"de la Cruz", "José", "es", "MX", kGiven},
      {"Silva", "Ana", "pt", "BR", kGiven},
      {"Rossi", "Anna", "it", "IT", kGiven},
      {"Jansen", "Piet", "nl", "NL", kGiven},
      {"Østergård", "Åse", "da", "DK", kGiven},
      {"Nowak", "Jan", "pl", "PL", kGiven},
      {"Петров", "Иван", "ru", "RU", kGiven},
      {"Шевченко", "Олена", "uk", "UA", kGiven},
      {"Παπαδόπουλος", "Νίκος", "el", "GR", kGiven},
      {"الأحمد", "ليلى", "ar", "EG", kGiven},
      {"שפירא", "נעה", "he", "IL", kGiven},
      {"शर्मा", "किरण", "hi", "IN", kGiven},
      {"ใจดี", "สมชาย", "th", "TH", kGiven},
      {"Yılmaz", "Ayşe", "tr", "TR", kGiven},
      {"Wijaya", "Budi", "id", "ID", kGiven},
      // The language, not where somebody lives: a Hungarian in Germany, an American in Japan.
      {"Nagy", "László", "hu", "DE", kFamily},
      {"Smith", "John", "en", "JP", kGiven},
      {"Nguyễn", "Élise", "fr", "VN", kGiven},
      {"Smith", "John", "en-JP", "JP", kGiven},
  };
  for (const Row& row : kRows) Expect(row);
}

TEST(NameOrderTest, TheCountryTellsWhereNoLanguageDoes) {
  for (const char* country : {"CN", "HK", "HU", "JP", "KH", "KP", "KR", "MN", "MO", "TW", "VN"}) {
    for (const char* language : {"", "und", "mul"}) Expect({"A", "B", language, country, kFamily});
  }
  for (const char* country : {"US", "GB", "DE", "IN", "SG", "TH", "ID", "BR", "EG", "XK", ""}) {
    for (const char* language : {"", "und", "mul"}) Expect({"A", "B", language, country, kGiven});
  }
  // Chinese names keep their order in the English of Hong Kong and Macao, elsewhere they turn.
  Expect({"Chan", "Tai Man", "en", "HK", kFamily});
  Expect({"Chan", "Tai Man", "en-HK", "HK", kFamily});
  Expect({"Chan", "Tai Man", "en", "MO", kFamily});
  Expect({"Chan", "Tai Man", "en", "GB", kGiven});
  Expect({"Chan", "Tai Man", "en", "TW", kGiven});
}

TEST(NameOrderTest, AReadingHasItsOwnOrder) {
  // As its name, for its language says so in any writing.
  Expect({"Ouyang", "Xiu", "zh", "CN", kFamily});
  Expect({"ヤマダ", "タロウ", "ja", "JP", kFamily});
  Expect({"yamada", "tarou", "ja", "JP", kFamily});
  // As its name does not: of who speaks English, and writes it in Han or in Latin letters.
  Expect({"ヤマダ", "タロウ", "en", "US", kGiven});
  Expect({"Yamada", "Taro", "en", "US", kGiven});
  Expect({"スミス", "ジョン", "en", "US", kGiven});
  Expect({"すみす", "じょん", "en", "US", kFamily});
}

TEST(NameOrderTest, WhatIsNotUtf8IsOtherWriting) {
  Expect({"\xFF\xFE", "\x80", "", "", kGiven});
  Expect({"\xFF\xFE", "\x80", "ja", "", kFamily});
  Expect({"", "", "", "", kGiven});
}

}  // namespace
}  // namespace switchboard::masking

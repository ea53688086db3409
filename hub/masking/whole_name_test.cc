#include "hub/masking/whole_name.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "hub/base/name_table.h"
#include "hub/base/text.h"
#include "tests/testing.h"

namespace switchboard::masking {
namespace {

struct Row {
  const char* language;
  const char* word;
  const char* family;
};

std::string FamilyOf(std::string_view word, std::string_view language) {
  return std::string(word.substr(0, FamilyBytes(word, language)));
}

void Expect(const Row& row) {
  EXPECT_EQ(FamilyOf(row.word, row.language), row.family) << row.language << " " << row.word;
}

TEST(WholeNameTest, Korean) {
  const Row kRows[] = {
      {"ko", "김", "김"},
      {"ko", "김민수", "김"},
      {"ko", "남궁", "남궁"},
      {"ko", "남궁민수", "남궁"},
      {"ko", "황보관", "황보"},
      {"ko", "선우", "선우"},
      {"ko", "이훈", "이"},
      // Hangul is Korean whatever the language.
      {"en", "김민수", "김"},
      {"", "제갈량", "제갈"},
      // As conjoining letters.
      {"ko", "\u1100\u1175\u11B7", "\u1100\u1175\u11B7"},
      {"ko", "\u1100\u1175\u11B7민수", "\u1100\u1175\u11B7"},
      // In Han.
      {"ko", "金", "金"},
      {"ko", "金民洙", "金"},
      {"ko", "皇甫", "皇甫"},
      {"ko", "南宮民洙", "南宮"},
  };
  for (const Row& row : kRows) Expect(row);
}

TEST(WholeNameTest, Chinese) {
  const Row kRows[] = {
      {"zh", "王", "王"},
      {"zh", "王小明", "王"},
      {"zh", "李伟", "李"},
      {"zh-Hans", "欧阳", "欧阳"},
      {"zh-Hans", "欧阳修", "欧阳"},
      {"zh-Hant", "歐陽", "歐陽"},
      {"zh-Hant", "歐陽修", "歐陽"},
      {"zh", "司马相如", "司马"},
      {"zh-Hant", "司馬相如", "司馬"},
      {"zh-TW", "范姜文", "范姜"},
      {"yue", "諸葛亮", "諸葛"},
      {"cmn", "诸葛亮", "诸葛"},
      {"nan", "陳水", "陳"},
      {"hak", "劉德", "劉"},
      {"wuu", "张三丰", "张"},
      {"ZH", "王小明", "王"},
      {"zh", "𠮷小明", "𠮷"},
      // With a selector of a variant.
      {"zh", "王\U000E0100小明", "王\U000E0100"},
  };
  for (const Row& row : kRows) Expect(row);
}

TEST(WholeNameTest, Japanese) {
  const Row kRows[] = {
      // One and two characters stay, and what stands in the table.
      {"ja", "林", "林"},
      {"ja", "山田", "山田"},
      {"ja", "長谷川", "長谷川"},
      {"ja", "佐々木", "佐々木"},
      {"ja", "五十嵐", "五十嵐"},
      // The longest name of the table, of three characters only before a given name.
      {"ja", "山田太郎", "山田"},
      {"ja", "佐々木健", "佐々木"},
      {"ja", "小林誠", "小林"},
      {"ja", "森健一", "森"},
      {"ja", "林太一郎", "林"},
      {"ja", "長谷川誠一", "長谷川"},
      {"ja-JP", "山田太郎", "山田"},
      // A given name that the table does not have, behind no end of family names.
      {"ja", "小林燿", "小林"},
      {"ja", "森燿壱", "森"},
      // Family names of three characters that the table does not have.
      {"ja", "一ノ瀬", "一ノ瀬"},
      {"ja", "小田沼", "小田沼"},
      {"ja", "関ヶ原", "関ヶ原"},
      {"ja", "宮ヶ瀬", "宮ヶ瀬"},
      // Kana behind Han are a given name.
      {"ja", "高橋さくら", "高橋"},
      {"ja", "渡辺ケイト", "渡辺"},
      {"ja", "高橋ゆーこ", "高橋"},
      {"ja", "一ノ瀬さくら", "一ノ瀬"},
      {"ja", "勅使河原さくら", "勅使河原"},
      // Old and popular forms, and selectors.
      {"ja", "髙橋一郎", "髙橋"},
      {"ja", "渡邉太郎", "渡邉"},
      {"ja", "渡邊太郎", "渡邊"},
      {"ja", "山﨑太郎", "山﨑"},
      {"ja", "𠮷田花子", "𠮷田"},
      {"ja", "渡\U000E0100邉太郎", "渡\U000E0100邉"},
      {"ja", "辻\U000E0100村", "辻\U000E0100村"},
      // None of the table.
      {"ja", "槇坂誠", "槇坂"},
      {"ja", "槇健一", "槇"},
      {"ja", "槇坂谷", "槇坂谷"},
      {"ja", "槇坂太郎", "槇坂"},
      {"ja", "槇坂燿壱", "槇坂"},
      {"ja", "槇坂小路", "槇坂小路"},
      {"ja", "槇坂小路誠", ""},
      // Other writing.
      {"ja", "ヤマダ", "ヤマダ"},
      {"ja", "YamadaTaro", "YamadaTaro"},
  };
  for (const Row& row : kRows) Expect(row);
}

TEST(WholeNameTest, OfOtherAndOfNoLanguage) {
  const Row kRows[] = {
      {"en", "山田", "山田"},
      {"en", "山田太郎", "山田"},
      {"", "長谷川", "長谷川"},
      {"", "森健一", "森"},
      {"en", "李", "李"},
      {"en", "李小龙", "李"},
      {"en", "欧阳", "欧阳"},
      {"en", "欧阳修", "欧阳"},
      {"und", "陳美玲", "陳"},
      {"en", "王小明", "王"},
      {"en", "小田沼", "小田沼"},
      {"en", "Smith", "Smith"},
      {"en", "", ""},
      {"en", "\xFF\xFE", "\xFF\xFE"},
  };
  for (const Row& row : kRows) Expect(row);
}

// The names of a table, a row each.
std::vector<std::string> Rows(const std::string& file) {
  const std::string text = testing::ReadFile(file);
  std::vector<std::string> rows;
  for (size_t from = text.find('\n') + 1; from < text.size();) {
    const size_t to = text.find('\n', from);
    rows.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return rows;
}

TEST(WholeNameTest, NoFamilyNameOfTheTablesIsCut) {
  for (const std::string& row : Rows("hub/base/data/japanese_surnames.csv")) {
    for (const char* language : {"ja", "en", ""}) EXPECT_EQ(FamilyOf(row, language), row);
  }
  for (const std::string& row : Rows("hub/base/data/japanese_surname_readings.csv")) {
    EXPECT_EQ(FamilyOf(row, "ja"), row);
  }
  for (const std::string& row : Rows("hub/base/data/chinese_surnames.csv")) {
    for (const char* language : {"zh", "yue", "ko", "en", ""}) {
      EXPECT_EQ(FamilyOf(row, language), row);
    }
  }
}

// Drawn from lists of people of all times; a few of the Japanese ones are places.
TEST(WholeNameTest, WholeNamesOfPeopleAreCut) {
  const std::vector<std::string> japanese = Rows("hub/masking/data/whole_names_japanese.csv");
  EXPECT_EQ(japanese.size(), 300u);
  const auto whole = std::count_if(japanese.begin(), japanese.end(), [](const std::string& name) {
    return FamilyBytes(name, "ja") == name.size();
  });
  EXPECT_LE(whole, 5);
  for (const std::string& name : Rows("hub/masking/data/whole_names_chinese.csv")) {
    const size_t family = FamilyBytes(name, "zh");
    EXPECT_LT(family, name.size()) << name;
    EXPECT_GT(family, 0u) << name;
  }
}

}  // namespace
}  // namespace switchboard::masking

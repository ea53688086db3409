#include "hub/masking/whole_reading.h"

#include <string>

#include "gtest/gtest.h"
#include "hub/masking/whole_name.h"

namespace switchboard::masking {
namespace {

TEST(WholeReadingTest, OfAWholeReadingTheFamilyNames) {
  const struct {
    const char* word;
    const char* family;
  } kRows[] = {
      {"ヤマダ", "ヤマダ"},
      {"ヤマダタロウ", "ヤマダ"},
      {"やまだたろう", "やまだ"},
      {"ﾔﾏﾀﾞﾀﾛｳ", "ﾔﾏﾀﾞ"},
      {"サイトウケンイチ", "サイトウ"},
      {"ササキサオリ", "ササキ"},
      // Voice marks of their own belong to their kana.
      {"ヤマタ\u3099タロウ", "ヤマタ\u3099"},
      // Up to five kana may be a family name, six only one of the table.
      {"モリマリ", "モリマリ"},
      {"テシガワラ", "テシガワラ"},
      {"アヤノコウジ", "アヤノコウジ"},
      {"ヌヌヌヌヌ", "ヌヌヌヌヌ"},
      {"ヌヌヌヌヌヌ", ""},
      // No Japanese names.
      {"フェルナンデス", "フェルナンデス"},
      {"クリストファー", "クリストファー"},
      {"サトウヴィクトリア", "サトウヴィクトリア"},
      {"ヤマダTARO", "ヤマダTARO"},
      {"ヤマダ\xFF", "ヤマダ\xFF"},
      {"\xFF", "\xFF"},
      {"", ""},
  };
  for (const auto& [word, family] : kRows) {
    EXPECT_EQ(std::string(word).substr(0, FamilyReadingBytes(word)), family) << word;
  }
}

TEST(WholeReadingTest, OnlyOfWhoSpeaksJapanese) {
  const std::string whole = "ヤマダタロウ";
  EXPECT_LT(FamilyBytes(whole, "ja"), whole.size());
  EXPECT_LT(FamilyBytes(whole, "ja-JP"), whole.size());
  for (const char* language : {"en", "zh", "ko", ""}) {
    EXPECT_EQ(FamilyBytes(whole, language), whole.size()) << language;
  }
}

}  // namespace
}  // namespace switchboard::masking

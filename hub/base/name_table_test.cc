#include "hub/base/name_table.h"

#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace switchboard {
namespace {

// Each row of a file is found, which takes that they are sorted.
void ExpectAllKnown(const std::string& name, bool (*is_known)(std::string_view)) {
  std::istringstream rows(testing::ReadFile("hub/base/data/" + name));
  std::string row;
  std::getline(rows, row);
  size_t known = 0, all = 0;
  for (; std::getline(rows, row); ++all) known += is_known(row);
  EXPECT_EQ(known, all) << name;
  EXPECT_GT(all, 900u) << name;
}

TEST(NameTable, HasEachRowOfItsFiles) {
  ExpectAllKnown("japanese_surnames.csv", IsJapaneseSurname);
  ExpectAllKnown("japanese_surname_readings.csv", IsJapaneseSurnameReading);
  ExpectAllKnown("japanese_given_names.csv", IsShortJapaneseGivenName);
  ExpectAllKnown("japanese_given_names.csv", IsJapaneseGivenName);
  ExpectAllKnown("japanese_long_given_names.csv", IsJapaneseGivenName);
  ExpectAllKnown("chinese_surnames.csv", IsChineseSurname);
}

TEST(NameTable, NothingElse) {
  EXPECT_FALSE(IsJapaneseSurname(""));
  EXPECT_FALSE(IsJapaneseSurname("surname"));
  EXPECT_FALSE(IsJapaneseGivenName("銀行"));
  EXPECT_FALSE(IsShortJapaneseGivenName("健太郎"));
  EXPECT_TRUE(IsJapaneseGivenName("健太郎"));
  EXPECT_FALSE(IsChineseSurname("一"));
}

}  // namespace
}  // namespace switchboard

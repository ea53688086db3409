#include "clients/text_table.h"

#include "tests/testing.h"

namespace switchboard {
namespace {

TEST(TextTable, KnowsHowWideCharactersAre) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("山田"), 4u);
  EXPECT_EQ(DisplayWidth("ﾔﾏﾀﾞ"), 4u);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1u);
  EXPECT_EQ(DisplayWidth("\xff"), 1u);
}

TEST(TextTable, CutsAtCharacters) {
  EXPECT_EQ(CutToWidth("山田太郎", 8), "山田太郎");
  EXPECT_EQ(CutToWidth("山田太郎", 7), "山田太…");
  EXPECT_EQ(CutToWidth("山田太郎", 6), "山田…");
  EXPECT_EQ(CutToWidth("abc", 2), "a…");
}

TEST(TextTable, AlignsByWidth) {
  TextTable table({{"名", TextTable::Align::kLeft}, {"n"}});
  table.Add({"山田", "1"});
  table.Add({"Ann", "1,234"});
  EXPECT_EQ(table.Render(),
            "  名        n\n"
            "  ────  ─────\n"
            "  山田      1\n"
            "  Ann   1,234\n");
}

TEST(TextTable, GroupsDigits) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(24000), "24,000");
  EXPECT_EQ(WithCommas(-1234567), "-1,234,567");
}

}  // namespace
}  // namespace switchboard

#include "hub/base/digit_groups.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"

namespace switchboard {
namespace {

// "2026 11|7": two sequences, the first of two groups.
std::string Shown(std::string_view text) {
  std::vector<std::string> sequences;
  for (const DigitSequence& sequence : DigitSequences(text)) {
    std::vector<std::string> groups(sequence.begin(), sequence.end());
    sequences.push_back(absl::StrJoin(groups, " "));
  }
  return absl::StrJoin(sequences, "|");
}

TEST(DigitGroups, SingleSeparatorsJoin) {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"abc", ""},
      {"12", "12"},
      {"a1b2", "1|2"},
      {"2026-11-27", "2026 11 27"},
      {"1.2_3:4/5 6-7", "1 2 3 4 5 6 7"},
      {"1--2", "1|2"},
      {"-1-", "1"},
      {"1-a-2", "1|2"},
      {"1+2", "1|2"},
      {"x12-34y", "12 34"},
  };
  for (const auto& [text, shown] : rows) EXPECT_EQ(Shown(text), shown) << text;
}

TEST(DigitGroups, DatesAndTimesBehindThem) {
  const std::pair<const char*, size_t> rows[] = {
      {"20261127", 1},
      {"20261127-0930", 2},
      {"20261127-093000", 2},
      {"20261127-09-30", 3},
      {"20261127-09-30-00", 4},
      {"2026-11-27", 3},
      {"2026-1127", 2},
      {"2026-11-27-093000-0001", 4},
      {"20261127-9999", 1},
      {"20261327", 0},
      {"20260229", 0},
      {"18991231", 0},
      {"261127", 0},  // only beside a time: six digits are many things
      {"261127-0930", 2},
      {"090-1234-5678", 0},
      {"1234-5678", 0},
  };
  for (const auto& [text, groups] : rows) {
    EXPECT_EQ(DateGroups(DigitSequences(text)[0], 0), groups) << text;
  }
  EXPECT_TRUE(IsMonthToSecond("1127093000"));
  EXPECT_TRUE(IsMonthToSecond("0229235959"));
  for (const char* other : {"0312345678", "1327093000", "1131093000", "1127243000", "112709300"}) {
    EXPECT_FALSE(IsMonthToSecond(other)) << other;
  }
  EXPECT_TRUE(IsYearToSecond("261127093000"));
  EXPECT_FALSE(IsYearToSecond("261327093000"));
}

TEST(DigitGroups, RandomTokensAreLeftOut) {
  const std::string uuid = "550e8400-e29b-41d4-a716-446655440000";
  EXPECT_EQ(WithoutRandomTokens(uuid), std::string(36, '~'));
  EXPECT_EQ(WithoutRandomTokens("o-" + uuid + "-1"), "o-" + std::string(36, '~') + "-1");
  EXPECT_EQ(WithoutRandomTokens("o" + uuid), "o" + std::string(36, '~'));
  EXPECT_EQ(WithoutRandomTokens("01ARYZ6S41TSV4RRFFQ69G5FAV:2"), std::string(26, '~') + ":2");
  EXPECT_EQ(WithoutRandomTokens("d41d8cd98f00b204e9800998ecf8427e"), std::string(32, '~'));
  EXPECT_EQ(WithoutRandomTokens("0123456789abcdef"), std::string(16, '~'));
  for (const char* kept :
       {"", "a", "mobile-1", "face4111111111111111", "v2card4111111111111111", "A4111111111111111",
        "09012345678", "1795771800123456", "20261127T093000Z", "D41d8cd98f00b204",
        "550e8400-e29b-41d4-a716-44665544000", "4111111111111111"}) {
    EXPECT_EQ(WithoutRandomTokens(kept), kept);
  }
}

TEST(DigitGroups, DigitsOfAnyScript) {
  EXPECT_EQ(AsciiDigits("a１２-③² ٤五"), "a12-32 4~");
  EXPECT_EQ(AsciiDigits("１－２ー３・４　５–6"), "1-2-3-4-5-6");
  EXPECT_EQ(AsciiDigits("½⑩"), "~~");
}

}  // namespace
}  // namespace switchboard

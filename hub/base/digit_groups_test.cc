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

// The outline alone makes nothing random.
TEST(DigitGroups, NumbersInTheOutlineOfATokenAreNotRandom) {
  for (const char* kept :
       {"00000000-0000-0000-0000-819012345678", "00000000-0000-0000-4111-111111111111",
        "11111111-1111-1111-1111-819012345678", "0000000a-0000-0000-0000-819012345678",
        "00000000000000819012345678", "0000000a819012345678", "00000000000a819012345678",
        "01234567890123456789012345", "00000000000000000000819012345678",
        "abcdabcd4111111111111111", "00000000-0000-0000-0000-000000000000"}) {
    EXPECT_EQ(WithoutRandomTokens(kept), kept);
  }
  for (const std::string random :
       {"12345678-1234-4234-8234-123456789012",  // no letter, but the marks of a UUID
        "00000000-0000-0000-a3f1-c2d4e5b60718",  // eight bytes behind zeros
        "0000000000000000a3f1c2d4e5b60718", "00000000000000000a3f1c2d4e5b6071",
        "65f1a0b20000001112ab34cd", "00f067aa0ba902b7"}) {
    EXPECT_EQ(WithoutRandomTokens(random), std::string(random.size(), '~'));
  }
}

TEST(DigitGroups, NumbersBehindZerosInAnOutline) {
  const std::pair<const char*, const char*> rows[] = {
      {"00000000-0000-0000-0000-819012345678", "819012345678"},
      {"o-00000000-0000-0000-4111-111111111111:1", "4111111111111111"},
      {"00000000000000819012345678", "819012345678"},
      {"00000000000000000000819012345678", "819012345678"},
      {"00000000-0000-0000-0000-000000000000", ""},
      {"00000000-0000-0000-0000-81901234567a", "none"},
      {"0000000000819012345678", "none"},  // a counter, perhaps
      {"12345678-1234-4234-8234-123456789012", "none"},
      {"819012345678", "none"},
  };
  for (const auto& [text, number] : rows) {
    const std::vector<std::string> numbers = PaddedNumbers(text);
    EXPECT_EQ(numbers.empty() ? "none" : numbers[0], number) << text;
  }
}

TEST(DigitGroups, DigitsOfAnyScript) {
  EXPECT_EQ(AsciiDigits("a１２-③² ٤五"), "a12-32 4~");
  EXPECT_EQ(AsciiDigits("１－２ー３・４　５–6"), "1-2-3-4-5-6");
  EXPECT_EQ(AsciiDigits("½⑩"), "~~");
}

}  // namespace
}  // namespace switchboard

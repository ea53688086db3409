#include "hub/contracts/calendar.h"

#include <gtest/gtest.h>

#include <string>

#include "hub/base/yaml.h"
#include "tests/testing.h"

namespace switchboard::contracts {
namespace {

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string problem;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &problem)) << problem;
  return time;
}

v1::Contract::Calendar Calendar(const std::string& yaml) {
  v1::Contract::Calendar calendar;
  EXPECT_OK(ReadYaml(yaml, "calendar.yaml", &calendar));
  return calendar;
}

// The 1st of December 2026 is a Tuesday.
TEST(CalendarTest, ShiftsAreOfTheVendorsOwnClock) {
  const auto calendar = Calendar(R"(zone: Asia/Tokyo
shifts:
  - {weekdays: [MON, TUE], from: "09:00", to: "18:00"}
  - {weekdays: [FRI], from: "20:00", to: "02:00"}
closed_days: [2026-12-07]
)");
  const struct {
    const char* time;
    bool at_work;
  } rows[] = {
      {"2026-12-01T08:59:59+09:00", false}, {"2026-12-01T09:00:00+09:00", true},
      {"2026-12-01T00:00:00Z", true},       {"2026-12-01T17:59:59+09:00", true},
      {"2026-12-01T18:00:00+09:00", false}, {"2026-12-02T12:00:00+09:00", false},  // Wednesday
      {"2026-12-04T19:59:00+09:00", false}, {"2026-12-04T20:00:00+09:00", true},
      {"2026-12-05T01:59:00+09:00", true},  // Saturday, in Friday's shift
      {"2026-12-05T02:00:00+09:00", false}, {"2026-12-07T12:00:00+09:00", false},  // closed
  };
  for (const auto& row : rows) EXPECT_EQ(IsAtWork(calendar, At(row.time)), row.at_work) << row.time;
}

TEST(CalendarTest, AWholeDayEndsAtMidnight) {
  const auto calendar =
      Calendar("zone: UTC\nshifts: [{weekdays: [TUE], from: \"00:00\", to: \"24:00\"}]\n");
  EXPECT_FALSE(IsAtWork(calendar, At("2026-11-30T23:59:59Z")));
  EXPECT_TRUE(IsAtWork(calendar, At("2026-12-01T00:00:00Z")));
  EXPECT_TRUE(IsAtWork(calendar, At("2026-12-01T23:59:59Z")));
  EXPECT_FALSE(IsAtWork(calendar, At("2026-12-02T00:00:00Z")));
}

TEST(CalendarTest, WithoutOneThereIsWorkAtAnyTime) {
  EXPECT_TRUE(IsAtWork({}, At("2026-12-01T03:00:00Z")));
}

}  // namespace
}  // namespace switchboard::contracts

#include "clients/demo/parties/demo_day.h"

#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using testing::FailsWith;

TEST(DemoDayTest, IsToldToProcessesToTheMicrosecond) {
  const Rehearsal day = DemoDayFrom(absl::FromUnixMicros(1'780'000'000'123'456));
  ASSERT_OK_AND_ASSIGN(const Rehearsal told, DayOfText(TextOfDay(day)));
  EXPECT_EQ(told.begin, day.begin);
  EXPECT_EQ(told.clock, day.clock);
  EXPECT_EQ(told.speed, day.speed);
}

TEST(DemoDayTest, IsAWednesdayInTokyo) {
  const absl::Time begin = DemoDayFrom(absl::UnixEpoch()).clock;
  const absl::CivilSecond tokyo = absl::ToCivilSecond(begin, absl::FixedTimeZone(9 * 60 * 60));
  EXPECT_EQ(absl::GetWeekday(tokyo), absl::Weekday::wednesday);
  EXPECT_EQ(tokyo.hour(), 7);
  EXPECT_LT(DayBeforeDemoDay(), absl::ToCivilDay(begin, absl::UTCTimeZone()));
}

TEST(DemoDayTest, BeginsInTokyoFirst) {
  const absl::Time midnight =
      absl::FromCivil(absl::CivilHour(2026, 11, 4, 15), absl::UTCTimeZone());
  EXPECT_EQ(DayInTokyo(midnight), absl::CivilDay(2026, 11, 5));
  EXPECT_EQ(DayInTokyo(midnight - absl::Microseconds(1)), absl::CivilDay(2026, 11, 4));
}

TEST(DemoDayTest, OtherTextsAreRefused) {
  for (const char* text : {"", "1,2", "1,2,3,4", "1,b,3", "1,2,99999999999"}) {
    EXPECT_THAT(DayOfText(text), FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"))
        << text;
  }
}

}  // namespace
}  // namespace switchboard::demo

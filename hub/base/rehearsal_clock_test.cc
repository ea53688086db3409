#include "hub/base/rehearsal_clock.h"

#include "tests/testing.h"

namespace switchboard {
namespace {

TEST(RehearsalClockTest, PassesFasterFromWhereItBegins) {
  ManualClock true_clock;
  const absl::Time day = absl::FromUnixSeconds(1'900'000'000);
  RehearsalClock clock(true_clock, {true_clock.Now(), day, 900});
  EXPECT_EQ(clock.Now(), day);
  true_clock.Advance(absl::Seconds(96));
  EXPECT_EQ(clock.Now(), day + absl::Hours(24));
  // Nothing keeps it from going back with the true one.
  true_clock.Advance(-absl::Seconds(100));
  EXPECT_EQ(clock.Now(), day - absl::Hours(1));
}

}  // namespace
}  // namespace switchboard

#include "hub/base/hub_clock.h"

#include "tests/testing.h"

namespace switchboard {
namespace {

TEST(HubClockTest, SaysTheTrueTimeWhereNothingIsRehearsed) {
  ManualClock true_clock;
  HubClock clock(true_clock, std::nullopt);
  true_clock.Advance(absl::Seconds(7));
  EXPECT_EQ(clock.Now(), true_clock.Now());
}

TEST(HubClockTest, PassesFasterFromWhereItBegins) {
  ManualClock true_clock;
  const absl::Time day = absl::FromUnixSeconds(1'900'000'000);
  HubClock clock(true_clock, Rehearsal{true_clock.Now(), day, 900});
  EXPECT_EQ(clock.Now(), day);
  true_clock.Advance(absl::Seconds(96));
  EXPECT_EQ(clock.Now(), day + absl::Hours(24));
  // Nothing keeps it from going back with the true one.
  true_clock.Advance(-absl::Seconds(100));
  EXPECT_EQ(clock.Now(), day - absl::Hours(1));
}

}  // namespace
}  // namespace switchboard

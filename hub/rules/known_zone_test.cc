#include "hub/rules/known_zone.h"

#include <gtest/gtest.h>

namespace switchboard::rules {
namespace {

int ClockOf(const char* name) {
  const auto zone = FindKnownZone(name);
  if (!zone.has_value()) ADD_FAILURE() << name;
  return zone.has_value() ? zone->clock : -1;
}

TEST(KnownZoneTest, EqualClocksAreOne) {
  EXPECT_EQ(ClockOf("Asia/Tokyo"), ClockOf("Japan"));
  EXPECT_EQ(ClockOf("Asia/Tokyo"), ClockOf("Asia/Seoul"));
  EXPECT_EQ(ClockOf("America/Boise"), ClockOf("America/Denver"));
  EXPECT_EQ(ClockOf("America/Indiana/Indianapolis"), ClockOf("America/New_York"));
  EXPECT_EQ(ClockOf("America/Menominee"), ClockOf("America/Chicago"));
}

TEST(KnownZoneTest, ClocksThatDifferForAPartOfTheYearAreTwo) {
  EXPECT_NE(ClockOf("America/Phoenix"), ClockOf("America/Denver"));
  EXPECT_NE(ClockOf("America/Adak"), ClockOf("Pacific/Honolulu"));
  EXPECT_NE(ClockOf("Africa/Casablanca"), ClockOf("Atlantic/Canary"));
  EXPECT_NE(ClockOf("Asia/Shanghai"), ClockOf("Asia/Urumqi"));
  // Both change by an hour, on other days.
  EXPECT_NE(ClockOf("Asia/Jerusalem"), ClockOf("Europe/Helsinki"));
}

TEST(KnownZoneTest, NamesOfNoZone) {
  for (const char* name : {"", "Mars/Olympus", "localtime", "asia/tokyo", "/etc/localtime"}) {
    EXPECT_FALSE(FindKnownZone(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace switchboard::rules

// Clocks that are put forward and back, nights, holidays: by table, in the words of the clock.
#include "hub/rules/daily_time.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hub/rules/zone_clock.h"

namespace switchboard::rules {
namespace {

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << ": " << error;
  return time;
}

constexpr int kHour = 60;

struct Look {
  const char* zone;
  const char* at;
  bool open;
  const char* until;
};

void Expect(const OpenHours& hours, const std::vector<Look>& looks) {
  for (const Look& look : looks) {
    const absl::TimeZone zone = *FindZone(look.zone);
    const Truth truth = IsOpen(hours, zone, At(look.at));
    EXPECT_EQ(truth.holds, look.open) << look.zone << " " << look.at;
    EXPECT_EQ(absl::FormatTime(absl::RFC3339_full, truth.until, zone), look.until)
        << look.zone << " " << look.at;
  }
}

TEST(OpenHoursTest, OfADay) {
  OpenHours hours;
  hours.open = {{.from_minute = 8 * kHour, .to_minute = 21 * kHour}};
  Expect(hours,
         {{"Asia/Tokyo", "2026-11-24T20:59:59+09:00", true, "2026-11-24T21:00:00+09:00"},
          {"Asia/Tokyo", "2026-11-24T21:00:00+09:00", false, "2026-11-25T08:00:00+09:00"},
          {"Asia/Tokyo", "2026-11-25T08:00:00+09:00", true, "2026-11-25T21:00:00+09:00"},
          {"Asia/Kolkata", "2026-11-24T15:29:59Z", true, "2026-11-24T21:00:00+05:30"},
          // The night in which clocks go forward is looked at again when they do.
          {"America/New_York", "2026-03-07T22:00:00-05:00", false, "2026-03-08T03:00:00-04:00"},
          {"America/New_York", "2026-03-08T03:00:00-04:00", false, "2026-03-08T08:00:00-04:00"}});
}

// What the clock showed once it shows again: the second time is open as the first was.
TEST(OpenHoursTest, OnceMoreWhenClocksGoBack) {
  OpenHours hours;
  hours.open = {{.from_minute = 0, .to_minute = kHour + 15}};
  Expect(hours,
         {{"America/New_York", "2026-11-01T01:14:59-04:00", true, "2026-11-01T01:15:00-04:00"},
          {"America/New_York", "2026-11-01T01:20:00-04:00", false, "2026-11-01T01:00:00-05:00"},
          {"America/New_York", "2026-11-01T01:00:00-05:00", true, "2026-11-01T01:15:00-05:00"},
          {"America/New_York", "2026-11-01T01:15:00-05:00", false, "2026-11-02T00:00:00-05:00"}});
}

// A beginning that the clock passes by is where it goes on.
TEST(OpenHoursTest, WhereTheClockJumps) {
  OpenHours hours;
  hours.open = {{.from_minute = 2 * kHour + 30, .to_minute = 4 * kHour}};
  Expect(hours,
         {{"America/New_York", "2026-03-08T01:00:00-05:00", false, "2026-03-08T03:00:00-04:00"},
          {"America/New_York", "2026-03-08T03:00:00-04:00", true, "2026-03-08T04:00:00-04:00"}});
}

TEST(OpenHoursTest, OverMidnightBelongsToTheDayOnWhichItBegan) {
  OpenHours hours;
  hours.open = {{.weekdays = 1 << 5, .from_minute = 19 * kHour, .to_minute = 9 * kHour}};
  Expect(hours, {{"Asia/Tokyo", "2026-07-11T18:59:59+09:00", false, "2026-07-11T19:00:00+09:00"},
                 {"Asia/Tokyo", "2026-07-11T19:00:00+09:00", true, "2026-07-12T00:00:00+09:00"},
                 {"Asia/Tokyo", "2026-07-12T08:59:59+09:00", true, "2026-07-12T09:00:00+09:00"},
                 {"Asia/Tokyo", "2026-07-12T09:00:00+09:00", false, "2026-07-18T19:00:00+09:00"},
                 {"Asia/Tokyo", "2026-07-12T20:00:00+09:00", false, "2026-07-18T19:00:00+09:00"}});
}

TEST(OpenHoursTest, ClosedDaysOverTheTurnOfTheYear) {
  OpenHours hours;
  hours.closed = {{12, 31, 1, 3}};
  Expect(hours, {{"Asia/Tokyo", "2026-12-30T23:59:59+09:00", true, "2026-12-31T00:00:00+09:00"},
                 {"Asia/Tokyo", "2026-12-31T00:00:00+09:00", false, "2027-01-01T00:00:00+09:00"},
                 {"Asia/Tokyo", "2027-01-03T23:59:59+09:00", false, "2027-01-04T00:00:00+09:00"},
                 {"Asia/Tokyo", "2027-01-04T00:00:00+09:00", true, "2027-01-05T00:00:00+09:00"}});
}

// What runs over midnight from an open day ends where a closed one begins.
TEST(OpenHoursTest, ClosedDayEndsWhatRunsIntoIt) {
  OpenHours hours;
  hours.open = {{.from_minute = 20 * kHour, .to_minute = 4 * kHour}};
  hours.closed = {{5, 1, 5, 1}};
  Expect(hours, {{"Asia/Tokyo", "2026-04-30T23:00:00+09:00", true, "2026-05-01T00:00:00+09:00"},
                 {"Asia/Tokyo", "2026-05-01T00:00:00+09:00", false, "2026-05-02T00:00:00+09:00"},
                 // Nor does the closed day's own evening go on.
                 {"Asia/Tokyo", "2026-05-02T00:00:00+09:00", false, "2026-05-02T20:00:00+09:00"}});
}

TEST(OpenHoursTest, HolidaysHaveHoursOfTheirOwn) {
  OpenHours hours;
  hours.open = {{.from_minute = 8 * kHour, .to_minute = 21 * kHour}};
  hours.has_calendar = true;
  hours.open_on_holidays = {{.from_minute = 10 * kHour, .to_minute = 12 * kHour}};
  hours.holidays = {absl::CivilDay(2026, 11, 23)};
  hours.covers_from = absl::CivilDay(2026, 1, 1);
  hours.covers_through = absl::CivilDay(2026, 12, 31);
  Expect(hours,
         {{"Asia/Tokyo", "2026-11-23T09:00:00+09:00", false, "2026-11-23T10:00:00+09:00"},
          {"Asia/Tokyo", "2026-11-23T11:00:00+09:00", true, "2026-11-23T12:00:00+09:00"},
          {"Asia/Tokyo", "2026-11-23T12:00:00+09:00", false, "2026-11-24T08:00:00+09:00"},
          {"Asia/Tokyo", "2026-11-24T09:00:00+09:00", true, "2026-11-24T21:00:00+09:00"},
          // The calendar does not know: open only where a holiday and a working day both are.
          {"Asia/Tokyo", "2027-01-12T09:00:00+09:00", false, "2027-01-12T10:00:00+09:00"},
          {"Asia/Tokyo", "2027-01-12T11:00:00+09:00", true, "2027-01-12T12:00:00+09:00"}});
}

TEST(FindZoneTest, ZonesOfTheDatabaseAlone) {
  for (const char* name : {"Asia/Tokyo", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+9"}) {
    EXPECT_TRUE(FindZone(name).has_value()) << name;
  }
  for (const char* name : {"", "localtime", "libc:localtime", "/etc/localtime", "Asia/Tokio",
                           "Fixed/UTC+09:00:00", "../Asia/Tokyo", "asia/tokyo", "Asia/Tokyo "}) {
    EXPECT_FALSE(FindZone(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace switchboard::rules

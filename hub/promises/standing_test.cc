#include "hub/promises/standing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::promises {
namespace {

using Day = absl::CivilDay;

absl::TimeZone Zone(const std::string& name) {
  const auto zone = rules::FindZone(name);
  EXPECT_TRUE(zone.has_value()) << name;
  return zone.value_or(absl::UTCTimeZone());
}

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << ": " << error;
  return time;
}

std::string Spelt(Standing standing) {
  switch (standing) {
    case Standing::kOpen:
      return "open";
    case Standing::kKept:
      return "kept";
    case Standing::kPartlyKept:
      return "partly kept";
    case Standing::kBroken:
      return "broken";
  }
  return "?";
}

// "kept 100 2026-…": how it stands, what it was given, since when in UTC.
std::string Spelt(const InstalmentStanding& one) {
  return absl::StrCat(Spelt(one.standing), " ", one.paid, " ",
                      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", one.since, absl::UTCTimeZone()));
}

constexpr absl::CivilDay kDue(2026, 10, 31);

// One promise of 100 by the 31st of October, in Tokyo, where that day ends at 15:00 UTC.
struct Row {
  const char* what;
  int64_t tolerance;
  int grace_days;
  std::vector<std::pair<const char*, int64_t>> payments;
  const char* now;
  const char* expected;
};

const Row kRows[] = {
    {"nothing came yet", 0, 0, {}, "2026-10-31T14:59:59Z", "open 0 2026-10-31T15:00:00Z"},
    {"its day is over", 0, 0, {}, "2026-10-31T15:00:00Z", "broken 0 2026-10-31T15:00:00Z"},
    {"with a day of grace it is not",
     0,
     1,
     {},
     "2026-10-31T15:00:00Z",
     "open 0 2026-11-01T15:00:00Z"},
    {"until midnight of that day",
     0,
     1,
     {},
     "2026-11-01T15:00:00Z",
     "broken 0 2026-11-01T15:00:00Z"},
    {"in the last second",
     0,
     0,
     {{"2026-10-31T14:59:59Z", 100}},
     "2026-11-09T00:00:00Z",
     "kept 100 2026-10-31T14:59:59Z"},
    {"at midnight",
     0,
     0,
     {{"2026-10-31T15:00:00Z", 100}},
     "2026-11-09T00:00:00Z",
     "broken 0 2026-10-31T15:00:00Z"},
    {"in the last second of grace",
     0,
     3,
     {{"2026-11-03T14:59:59Z", 100}},
     "2026-11-09T00:00:00Z",
     "kept 100 2026-11-03T14:59:59Z"},
    {"at midnight after grace",
     0,
     3,
     {{"2026-11-03T15:00:00Z", 100}},
     "2026-11-09T00:00:00Z",
     "broken 0 2026-11-03T15:00:00Z"},
    {"one unit too little",
     0,
     0,
     {{"2026-10-30T00:00:00Z", 99}},
     "2026-11-09T00:00:00Z",
     "partly kept 99 2026-10-31T15:00:00Z"},
    {"one unit too little, and its time is not up",
     0,
     0,
     {{"2026-10-30T00:00:00Z", 99}},
     "2026-10-31T14:59:59Z",
     "open 99 2026-10-31T15:00:00Z"},
    {"one unit too little is tolerated",
     1,
     0,
     {{"2026-10-30T00:00:00Z", 99}},
     "2026-11-09T00:00:00Z",
     "kept 99 2026-10-30T00:00:00Z"},
    {"two are not",
     1,
     0,
     {{"2026-10-30T00:00:00Z", 98}},
     "2026-11-09T00:00:00Z",
     "partly kept 98 2026-10-31T15:00:00Z"},
    {"parts that add up",
     0,
     0,
     {{"2026-10-29T00:00:00Z", 33}, {"2026-10-31T00:00:00Z", 34}, {"2026-10-30T00:00:00Z", 33}},
     "2026-11-09T00:00:00Z",
     "kept 100 2026-10-31T00:00:00Z"},
    {"parts that add up too late",
     0,
     0,
     {{"2026-10-29T00:00:00Z", 99}, {"2026-10-31T15:00:00Z", 1}},
     "2026-11-09T00:00:00Z",
     "partly kept 99 2026-10-31T15:00:00Z"},
    {"what is tolerated and comes all the same",
     1,
     0,
     {{"2026-10-29T00:00:00Z", 99}, {"2026-10-30T00:00:00Z", 1}},
     "2026-11-09T00:00:00Z",
     "kept 100 2026-10-29T00:00:00Z"},
    {"nothing is too little, whatever is tolerated",
     500,
     0,
     {},
     "2026-11-09T00:00:00Z",
     "broken 0 2026-10-31T15:00:00Z"},
    {"one unit is enough then",
     500,
     0,
     {{"2026-10-29T00:00:00Z", 1}},
     "2026-11-09T00:00:00Z",
     "kept 1 2026-10-29T00:00:00Z"},
    {"more than was promised",
     0,
     0,
     {{"2026-10-29T00:00:00Z", 500}},
     "2026-11-09T00:00:00Z",
     "kept 100 2026-10-29T00:00:00Z"},
    {"before it was promised",
     0,
     0,
     {{"2026-10-20T02:59:59Z", 100}},
     "2026-11-09T00:00:00Z",
     "broken 0 2026-10-31T15:00:00Z"},
    {"as it was promised",
     0,
     0,
     {{"2026-10-20T03:00:00Z", 100}},
     "2026-11-09T00:00:00Z",
     "kept 100 2026-10-20T03:00:00Z"},
    {"booked for later is not there yet",
     0,
     0,
     {{"2026-10-30T00:00:00Z", 100}},
     "2026-10-29T00:00:00Z",
     "open 0 2026-10-31T15:00:00Z"},
};

TEST(StandingTest, APromiseStandsByThePaymentsInItsTime) {
  for (const Row& row : kRows) {
    std::vector<PaymentMade> payments;
    for (const auto& [time, amount] : row.payments) payments.push_back({At(time), amount});
    const auto standings =
        Judge({{kDue, 100}}, At("2026-10-20T03:00:00Z"), {row.tolerance, row.grace_days},
              {Zone("Asia/Tokyo")}, payments, At(row.now));
    ASSERT_EQ(standings.size(), 1u);
    EXPECT_EQ(Spelt(standings[0]), row.expected) << row.what;
  }
}

// The day that counts is the one on the clock of whoever promised, however long it is.
TEST(StandingTest, TheLastDayEndsOnTheirClock) {
  const struct {
    std::vector<std::string> zones;
    absl::CivilDay due;
    int grace_days;
    const char* end;
  } rows[] = {
      {{"UTC"}, kDue, 0, "2026-11-01T00:00:00Z"},
      // Clocks in New York are put back on the 1st of November: that day has 25 hours.
      {{"America/New_York"}, kDue, 0, "2026-11-01T04:00:00Z"},
      {{"America/New_York"}, kDue, 1, "2026-11-02T05:00:00Z"},
      // And forward on the 8th of March.
      {{"America/New_York"}, Day(2026, 3, 7), 0, "2026-03-08T05:00:00Z"},
      {{"America/New_York"}, Day(2026, 3, 8), 0, "2026-03-09T04:00:00Z"},
      // In Cairo midnight itself is skipped: the day before ends where the next one begins.
      {{"Africa/Cairo"}, Day(2026, 4, 23), 0, "2026-04-23T22:00:00Z"},
      // In Havana midnight is shown twice: the day before ends with the first.
      {{"America/Havana"}, Day(2026, 10, 31), 0, "2026-11-01T04:00:00Z"},
      // Of two clocks the one that is later.
      {{"America/New_York", "America/Los_Angeles"}, kDue, 0, "2026-11-01T07:00:00Z"},
      {{"America/Los_Angeles", "America/New_York"}, kDue, 0, "2026-11-01T07:00:00Z"},
      // Over the end of a month, of a year, and a leap day.
      {{"UTC"}, Day(2026, 12, 31), 1, "2027-01-02T00:00:00Z"},
      {{"UTC"}, Day(2028, 2, 28), 0, "2028-02-29T00:00:00Z"},
      {{"UTC"}, Day(2028, 2, 28), 1, "2028-03-01T00:00:00Z"},
  };
  for (const auto& row : rows) {
    std::vector<absl::TimeZone> zones;
    for (const std::string& zone : row.zones) zones.push_back(Zone(zone));
    EXPECT_EQ(EndOfTime({row.due, 1}, {0, row.grace_days}, zones), At(row.end))
        << row.zones.front() << " " << row.due;
  }
}

std::vector<std::string> StandingsOf(const std::vector<PaymentMade>& payments,
                                     const std::string& now, Patience patience = {}) {
  const std::vector<Instalment> plan = {
      {Day(2026, 1, 31), 40}, {Day(2026, 2, 28), 40}, {Day(2026, 3, 31), 20}};
  std::vector<std::string> spelt;
  for (const auto& one :
       Judge(plan, At("2026-01-10T00:00:00Z"), patience, {Zone("UTC")}, payments, At(now)))
    spelt.push_back(absl::StrCat(Spelt(one.standing), " ", one.paid));
  return spelt;
}

using Spellings = std::vector<std::string>;

TEST(StandingTest, InstalmentsAreFilledInTheirOrder) {
  EXPECT_EQ(StandingsOf({}, "2026-01-20T00:00:00Z"), (Spellings{"open 0", "open 0", "open 0"}));
  EXPECT_EQ(StandingsOf({{At("2026-01-31T00:00:00Z"), 40}}, "2026-02-10T00:00:00Z"),
            (Spellings{"kept 40", "open 0", "open 0"}));
  // What is too much counts for the next one.
  EXPECT_EQ(StandingsOf({{At("2026-01-31T00:00:00Z"), 65}}, "2026-02-10T00:00:00Z"),
            (Spellings{"kept 40", "open 25", "open 0"}));
  EXPECT_EQ(StandingsOf({{At("2026-01-31T00:00:00Z"), 65}}, "2026-03-01T00:00:00Z"),
            (Spellings{"kept 40", "partly kept 25", "open 0"}));
  // All of it at once.
  EXPECT_EQ(StandingsOf({{At("2026-01-11T00:00:00Z"), 100}}, "2026-01-12T00:00:00Z"),
            (Spellings{"kept 40", "kept 40", "kept 20"}));
  // What was missed stays missed, and is paid before the next one is.
  EXPECT_EQ(StandingsOf({{At("2026-02-01T00:00:00Z"), 40}}, "2026-03-01T00:00:00Z"),
            (Spellings{"broken 0", "broken 0", "open 0"}));
  EXPECT_EQ(StandingsOf({{At("2026-02-01T00:00:00Z"), 80}}, "2026-03-01T00:00:00Z"),
            (Spellings{"broken 0", "kept 40", "open 0"}));
}

// What is tolerated is less than all that is due so far, not so much again with each instalment.
TEST(StandingTest, ToleranceDoesNotGrowWithThePlan) {
  EXPECT_EQ(StandingsOf({{At("2026-01-31T00:00:00Z"), 39}, {At("2026-02-28T00:00:00Z"), 40}},
                        "2026-03-01T00:00:00Z", {1, 0}),
            (Spellings{"kept 39", "kept 39", "open 0"}));
  // Nor does it make up for an instalment of which nothing came.
  EXPECT_EQ(StandingsOf({{At("2026-01-31T00:00:00Z"), 40}}, "2026-03-01T00:00:00Z", {500, 0}),
            (Spellings{"kept 40", "broken 0", "open 0"}));
  EXPECT_EQ(StandingsOf({{At("2026-01-31T00:00:00Z"), 39}, {At("2026-02-28T00:00:00Z"), 39}},
                        "2026-03-01T00:00:00Z", {1, 0}),
            (Spellings{"kept 39", "partly kept 38", "open 0"}));
}

// In whatever order payments come to be known, they say the same; many of them are of one instant.
TEST(StandingTest, TheOrderInWhichPaymentsAreKnownDoesNotMatter) {
  const std::vector<Instalment> plan = {
      {Day(2026, 1, 31), 40}, {Day(2026, 2, 28), 40}, {Day(2026, 3, 31), 20}};
  std::mt19937_64 random(20261130);
  const auto below = [&](uint64_t bound) { return static_cast<int64_t>(random() % bound); };
  for (int round = 0; round < 5'000; ++round) {
    std::vector<PaymentMade> payments;
    for (int64_t i = below(8); i > 0; --i) {
      payments.push_back(
          {At("2026-01-05T00:00:00Z") + absl::Hours(24 * 20 * below(4)), 1 + below(40)});
    }
    const Patience patience{below(20), static_cast<int>(below(3))};
    const absl::Time now = At("2026-01-05T00:00:00Z") + absl::Hours(below(24 * 90));
    std::string known;
    for (int order = 0; order < 4; ++order) {
      std::string spelt;
      for (const auto& one :
           Judge(plan, At("2026-01-10T00:00:00Z"), patience, {Zone("UTC")}, payments, now))
        absl::StrAppend(&spelt, Spelt(one), "; ");
      if (order == 0) known = spelt;
      ASSERT_EQ(spelt, known) << "round " << round;
      std::shuffle(payments.begin(), payments.end(), random);
    }
  }
}

}  // namespace
}  // namespace switchboard::promises

#include "hub/contracts/version_days.h"

#include <vector>

#include "tests/testing.h"

namespace switchboard::contracts {
namespace {

using absl::CivilDay;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr CivilDay kToday(2026, 11, 20);
constexpr CivilDay kDecember(2026, 12, 1);
constexpr CivilDay kJanuary(2027, 1, 1);
constexpr CivilDay kMarch(2027, 3, 1);
constexpr std::nullopt_t kNone = std::nullopt;

std::vector<int64_t> NeverBeginsOf(const std::vector<VersionDays>& versions,
                                   const VersionDays& next,
                                   AfterItsEnd after_its_end = AfterItsEnd::kNothing) {
  return NeverBegin(versions, next, kToday, after_its_end);
}

TEST(NeverBegin, WhatBeginsNoSoonerThanTheNextDoesNot) {
  const std::vector<VersionDays> versions = {
      {1, kNone, kNone}, {2, kJanuary, kNone}, {3, kMarch, kNone}};
  EXPECT_THAT(NeverBeginsOf(versions, {4, kNone, kNone}), ElementsAre(2, 3));
  EXPECT_THAT(NeverBeginsOf(versions, {4, kDecember, kNone}), ElementsAre(2, 3));
  EXPECT_THAT(NeverBeginsOf(versions, {4, kJanuary, kNone}), ElementsAre(2, 3));
  EXPECT_THAT(NeverBeginsOf(versions, {4, kJanuary + 1, kNone}), ElementsAre(3));
  EXPECT_THAT(NeverBeginsOf(versions, {4, kMarch + 1, kNone}), IsEmpty());
}

TEST(NeverBegin, WhatHasBegunHas) {
  EXPECT_THAT(NeverBeginsOf({{1, kToday, kNone}}, {2, kNone, kNone}), IsEmpty());
  EXPECT_THAT(NeverBeginsOf({{1, kToday + 1, kNone}}, {2, kNone, kNone}), ElementsAre(1));
}

// Nobody is told twice, nor of what had no day in the first place.
TEST(NeverBegin, OnlyWhatTheNextTakesAwayIsTold) {
  EXPECT_THAT(NeverBeginsOf({{1, kMarch, kNone}, {2, kJanuary, kNone}}, {3, kDecember, kNone}),
              ElementsAre(2));
  EXPECT_THAT(NeverBeginsOf({{1, kMarch, kJanuary}}, {2, kNone, kNone}), IsEmpty())
      << "ended before it began";
}

TEST(NeverBegin, AnOlderRulePackComesBackOnceTheNextHasEnded) {
  const std::vector<VersionDays> open = {{1, kJanuary, kNone}}, closed = {{1, kJanuary, kMarch}};
  const VersionDays until_january{2, kNone, kJanuary}, until_march{2, kNone, kMarch};
  EXPECT_THAT(NeverBeginsOf(open, until_january), ElementsAre(1)) << "an end decides too";
  using enum AfterItsEnd;
  EXPECT_THAT(NeverBeginsOf(open, until_january, kOlderVersion), IsEmpty());
  EXPECT_THAT(NeverBeginsOf(open, until_march, kOlderVersion), IsEmpty());
  EXPECT_THAT(NeverBeginsOf(closed, until_january, kOlderVersion), IsEmpty());
  EXPECT_THAT(NeverBeginsOf(closed, until_march, kOlderVersion), ElementsAre(1));
  EXPECT_THAT(NeverBeginsOf(closed, {2, kNone, kNone}, kOlderVersion), ElementsAre(1));
}

}  // namespace
}  // namespace switchboard::contracts

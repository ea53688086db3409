#include "clients/transport/hub_round.h"

#include "gtest/gtest.h"
#include "hub/base/error.h"

namespace switchboard::transport {
namespace {

const BackoffOptions kBackoff{absl::Seconds(2), absl::Seconds(8), 2.0};
constexpr uint64_t kHalf = uint64_t{1} << 63;  // half of each bound

const absl::Status kAway = absl::UnavailableError("");

TEST(HubRoundTest, OneHubIsWaitedForEachTime) {
  HubRound round(kBackoff, 1);
  for (const int delay : {1, 2, 4, 4}) {
    EXPECT_TRUE(round.is_over());
    EXPECT_EQ(round.After(kAway, kHalf), absl::Seconds(delay));
  }
  round.Reset();
  EXPECT_EQ(round.After(kAway, kHalf), absl::Seconds(1));
}

TEST(HubRoundTest, EachHubIsAskedAtOnceBeforeAnyoneWaits) {
  HubRound round(kBackoff, 3);
  for (const int delay : {1, 2, 4}) {
    EXPECT_EQ(round.After(kAway, kHalf), absl::ZeroDuration());
    EXPECT_FALSE(round.is_over());
    EXPECT_EQ(round.After(kAway, kHalf), absl::ZeroDuration());
    EXPECT_EQ(round.After(kAway, kHalf), absl::Seconds(delay));
    EXPECT_TRUE(round.is_over());
  }
}

TEST(HubRoundTest, SuccessBeginsANewRound) {
  HubRound round(kBackoff, 2);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(round.After(kAway, kHalf), absl::ZeroDuration()) << i;
    round.Reset();
  }
}

TEST(HubRoundTest, WhatEveryHubWouldSayEndsTheRound) {
  HubRound round(kBackoff, 2);
  EXPECT_EQ(round.After(absl::AbortedError(""), kHalf), absl::Seconds(1));
  EXPECT_EQ(round.After(absl::PermissionDeniedError(""), kHalf), absl::Seconds(2));
  EXPECT_EQ(round.After(absl::OkStatus(), kHalf), absl::Seconds(4));
  EXPECT_EQ(round.After(kAway, kHalf), absl::ZeroDuration()) << "each of them was a round";
}

TEST(HubRoundTest, NoHubIsAskedBeforeTheTimeItAskedFor) {
  HubRound round(kBackoff, 3);
  EXPECT_EQ(round.After(OverloadedError("full", absl::Seconds(60)), kHalf), absl::ZeroDuration())
      << "another one may have time";
  EXPECT_EQ(round.After(OverloadedError("full", absl::Seconds(5)), kHalf), absl::ZeroDuration());
  EXPECT_EQ(round.After(kAway, kHalf), absl::Seconds(60));
  for (int i = 0; i < 2; ++i) round.After(kAway, kHalf);
  EXPECT_EQ(round.After(kAway, kHalf), absl::Seconds(2)) << "asked for once";
}

}  // namespace
}  // namespace switchboard::transport

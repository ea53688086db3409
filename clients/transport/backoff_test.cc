#include "clients/transport/backoff.h"

#include "gtest/gtest.h"

namespace switchboard::transport {
namespace {

constexpr uint64_t kLargest = ~uint64_t{0};

TEST(BackoffTest, BoundGrowsToTheMaximumAndNoFurther) {
  Backoff backoff({absl::Milliseconds(100), absl::Milliseconds(1500), 3.0});
  for (const int bound_ms : {100, 300, 900, 1500, 1500}) {
    EXPECT_EQ(backoff.bound(), absl::Milliseconds(bound_ms));
    EXPECT_LE(backoff.Next(kLargest), absl::Milliseconds(bound_ms));
  }
  backoff.Reset();
  EXPECT_EQ(backoff.bound(), absl::Milliseconds(100));
}

TEST(BackoffTest, JitterIsFull) {
  const BackoffOptions options{absl::Seconds(8), absl::Seconds(8), 2.0};
  EXPECT_EQ(Backoff(options).Next(0), absl::ZeroDuration());
  EXPECT_EQ(Backoff(options).Next(uint64_t{1} << 63), absl::Seconds(4));
  EXPECT_GT(Backoff(options).Next(kLargest), absl::Milliseconds(7999));
}

TEST(BackoffTest, InitialAboveTheMaximumIsCapped) {
  EXPECT_EQ(Backoff({absl::Seconds(9), absl::Seconds(2), 2.0}).bound(), absl::Seconds(2));
}

}  // namespace
}  // namespace switchboard::transport

// Calls that are odd in their form rather than in what they say: headers that are too large,
// callers that go before the answer.

#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

constexpr char kListVendors[] = "/switchboard.v1.OperatorService/ListVendors";
constexpr char kReadCoreFeed[] = "/switchboard.v1.CoreService/ReadCoreFeed";

TEST(CallEdges, HeadersJustBelowTheLimitAreTaken) {
  EdgeHub hub;
  RawCall fits(hub.Connect(kOperator), kListVendors, 8 << 10);
  ASSERT_TRUE(fits.Write(std::string()));
  fits.HalfClose();
  EXPECT_TRUE(fits.Read().has_value());
  EXPECT_OK(fits.Finish());
}

// gRPC refuses the call, and may end the connection over it, as the rest of a header block that was
// given up fits no stream: that costs its sender alone.
TEST(CallEdges, HeadersThatAreTooLargeAreRefused) {
  EdgeHub hub;
  const auto bystander = hub.Connect(kOperator);
  RawCall watch(bystander, "/grpc.health.v1.Health/Watch");
  ASSERT_TRUE(watch.Write(std::string()));
  ASSERT_TRUE(watch.Read().has_value());
  for (int i = 0; i < 5; ++i) {
    RawCall call(hub.Connect(kOperator), kListVendors, 20 << 10);
    const absl::StatusCode code = call.Finish().code();
    EXPECT_TRUE(code == absl::StatusCode::kResourceExhausted ||
                code == absl::StatusCode::kUnavailable)
        << code;
  }
  EXPECT_OK(Ask(bystander, kListVendors, ""));
  EXPECT_OK(Ask(hub.Connect(kOperator), kListVendors, ""));
  watch.Cancel();
  EXPECT_EQ(watch.Finish().code(), absl::StatusCode::kCancelled);
}

// As at a deadline: what only waits for it ends.
TEST(CallEdges, ACallerThatGoesEndsItsLongPoll) {
  EdgeHub hub;
  const auto channel = hub.Connect(kCore);
  v1::ReadCoreFeedRequest request;
  request.mutable_max_wait()->set_seconds(60);
  constexpr int kPolls = 20;
  std::vector<std::unique_ptr<RawCall>> polls;
  for (int i = 0; i < kPolls; ++i) {
    polls.push_back(std::make_unique<RawCall>(channel, kReadCoreFeed));
    ASSERT_TRUE(polls.back()->Write(request));
    polls.back()->HalfClose();
  }
  ASSERT_OK(Ask(channel, kReadCoreFeed, ""));
  polls.clear();
  EXPECT_TRUE(hub.MetricReaches(
      "switchboard_rpcs_total{code=\"CANCELLED\",method=\"" + std::string(kReadCoreFeed) + "\"}",
      1));
  EXPECT_OK(Ask(channel, kReadCoreFeed, ""));
  SystemClock clock;
  const absl::Time begin = clock.Now();
  hub.server().Shutdown(absl::Minutes(10));
  EXPECT_LT(clock.Now() - begin, absl::Seconds(15));
}

}  // namespace
}  // namespace switchboard::edge_test

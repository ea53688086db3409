// The hub while strangers take all the descriptors that they can get.

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>

#include "tests/connections/loopback_hub.h"
#include "tests/silent_connections.h"

namespace switchboard::connections_test {
namespace {

using ::switchboard::testing::Eventually;
using ::switchboard::testing::SilentConnections;
using ::switchboard::testing::TemporaryFolder;

// Lets this process open only so many more descriptors.
class FewDescriptors {
 public:
  explicit FewDescriptors(int more) {
    const int next = dup(0);
    close(next);
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before_), 0);
    rlimit low = before_;
    low.rlim_cur = static_cast<rlim_t>(next + more);
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  }
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

class AcceptingTest : public ::testing::Test {
 protected:
  AcceptingTest() {
    issuer_.Write(folder_ / "hub", issuer_.Server());
    issuer_.Write(folder_ / "good", issuer_.Client(kVendor));
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  identity::Issuer issuer_{clock_};
};

// CVE-2023-4785: gRPC's own listener never accepts again after this.
TEST_F(AcceptingTest, AcceptsAgainAfterDescriptorsRanOut) {
  LoopbackOptions options;
  options.guard.accept.descriptors_max = 1 << 20;  // so that accept4() itself fails
  LoopbackHub hub(folder_ / "hub", clock_, options);
  SilentConnections silent(hub.address(), 100);
  hub.Start();
  ASSERT_TRUE(Eventually([&] { return hub.guard().half_open() == 100; }));
  FewDescriptors few(20);
  SilentConnections more(hub.address(), 15);
  ASSERT_TRUE(hub.SawRefused(guard::RefusalReason::kSystemExhausted));
  EXPECT_LT(hub.guard().accepted(), 115);
  silent.Close();
  more.Close();
  // Still under the low limit: what the silent ones held has been given back.
  EXPECT_EQ(hub.Call(folder_ / "good"), absl::AbortedError("vendor/sakura"));
  EXPECT_EQ(hub.refused(guard::RefusalReason::kDescriptorsMax), 0);
}

// The cap: connections are refused while the process itself still has descriptors for its files.
TEST_F(AcceptingTest, OwnDescriptorsStayFree) {
  const int next = dup(0);
  close(next);
  LoopbackOptions options;
  options.guard.accept.descriptors_max = next + 80;
  LoopbackHub hub(folder_ / "hub", clock_, options);
  SilentConnections silent(hub.address(), 10);
  hub.Start();
  SilentConnections more(hub.address(), 60);
  ASSERT_TRUE(hub.SawRefused(guard::RefusalReason::kDescriptorsMax));
  EXPECT_TRUE(more.ClosedByPeer(59));
  const std::vector<guard::Refusals> reports = hub.reports();
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(reports[0].address, "127.0.0.1");
  EXPECT_GE(reports[0].count, 1);
  EXPECT_LT(hub.guard().accepted(), 60);
  const int mine = dup(0);  // the process itself still can
  EXPECT_GE(mine, 0);
  close(mine);
  silent.Close();
  more.Close();
  EXPECT_TRUE(Eventually([&] { return absl::IsAborted(hub.Call(folder_ / "good")); }));
}

// Those that stall are a share of their own, of which the oldest makes room.
TEST_F(AcceptingTest, StalledHandshakesKeepNobodyOut) {
  LoopbackOptions options;
  options.guard.door.half_open_max = 20;
  options.guard.door.handshake_max = absl::Hours(1);
  LoopbackHub hub(folder_ / "hub", clock_, options);
  hub.Start();
  SilentConnections silent(hub.address(), 50);
  for (size_t i = 0; i < 25; ++i) EXPECT_TRUE(silent.ClosedByPeer(i)) << i;
  EXPECT_EQ(hub.Call(folder_ / "good"), absl::AbortedError("vendor/sakura"));
  EXPECT_GE(hub.refused(guard::RefusalReason::kHalfOpenMax), 30);
}

}  // namespace
}  // namespace switchboard::connections_test

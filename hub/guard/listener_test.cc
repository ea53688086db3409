#include "hub/identity/listener.h"
#include "hub/base/mutex.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hub/identity/loopback_hub.h"

namespace switchboard::identity {
namespace {

using ::switchboard::testing::FailsWith;
using ::switchboard::testing::TemporaryFolder;

const std::string kVendor = std::string("spiffe://") + kDomain + "/vendor/sakura";

// TCP connections that never say a word: all an attacker without a certificate can do.
class SilentConnections {
 public:
  SilentConnections(const std::string& address, int count) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port =
        htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < count; ++i) {
      const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      EXPECT_GE(descriptor, 0);
      EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
      descriptors_.push_back(descriptor);
    }
  }
  ~SilentConnections() { Close(); }

  void Close() {
    for (int descriptor : descriptors_) close(descriptor);
    descriptors_.clear();
  }

  // Waits until the other side has closed connection `i`.
  bool ClosedByPeer(size_t i) const {
    timeval limit{30, 0};
    setsockopt(descriptors_[i], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    char byte;
    const ssize_t size = recv(descriptors_[i], &byte, 1, 0);
    return size == 0 || (size < 0 && errno == ECONNRESET);
  }

 private:
  std::vector<int> descriptors_;
};

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

class ListenerTest : public ::testing::Test {
 protected:
  ListenerTest() {
    issuer_.Write(folder_ / "hub", issuer_.Server());
    issuer_.Write(folder_ / "good", issuer_.Client(kVendor));
  }

  AcceptOptions Reporting() {
    AcceptOptions options;
    options.on_refused = [this](const Refusals& refusals) {
      MutexLock lock(mutex_);
      refusals_.push_back(refusals);
      changed_.NotifyAll();
    };
    return options;
  }

  std::vector<Refusals> Told() {
    MutexLock lock(mutex_);
    return refusals_;
  }

  bool Saw(RefusalReason reason) {
    return EventuallyTrue(mutex_, changed_, [&]() SWITCHBOARD_REQUIRES(mutex_) {
      for (const Refusals& refusals : refusals_) {
        if (refusals.reason == reason) return true;
      }
      return false;
    });
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  Issuer issuer_{clock_};
  Mutex mutex_;
  CondVar changed_;
  std::vector<Refusals> refusals_ SWITCHBOARD_GUARDED_BY(mutex_);
};

// CVE-2023-4785: gRPC's own listener never accepts again after this.
TEST_F(ListenerTest, AcceptsAgainAfterDescriptorsRanOut) {
  AcceptOptions options = Reporting();
  options.descriptors_max = 1 << 20;  // so that accept4() itself fails
  LoopbackHub hub(folder_ / "hub", clock_, options);
  SilentConnections silent(hub.address(), 100);
  FewDescriptors few(20);
  hub.Start();
  ASSERT_TRUE(Saw(RefusalReason::kSystemExhausted));
  EXPECT_GE(hub.loop().accepted(), 1);
  EXPECT_LT(hub.loop().accepted(), 100);
  silent.Close();
  // Still under the low limit: what the silent ones held has been given back.
  EXPECT_EQ(hub.Call(folder_ / "good"), absl::AbortedError("vendor/sakura"));
  EXPECT_EQ(hub.loop().refused(RefusalReason::kDescriptorsMax), 0);
}

// The cap: connections are refused while the process itself still has descriptors for its files.
TEST_F(ListenerTest, OwnDescriptorsStayFree) {
  const int next = dup(0);
  close(next);
  AcceptOptions options = Reporting();
  options.descriptors_max = next + 60;
  LoopbackHub hub(folder_ / "hub", clock_, options);
  SilentConnections silent(hub.address(), 10);
  hub.Start();
  SilentConnections more(hub.address(), 60);
  ASSERT_TRUE(Saw(RefusalReason::kDescriptorsMax));
  EXPECT_TRUE(more.ClosedByPeer(59));
  {
    MutexLock lock(mutex_);
    EXPECT_EQ(refusals_[0].address, "127.0.0.1");
    EXPECT_GE(refusals_[0].count, 1);
  }
  EXPECT_LT(hub.loop().accepted(), 60);
  const int mine = dup(0);  // the process itself still can
  EXPECT_GE(mine, 0);
  close(mine);
  silent.Close();
  more.Close();
  absl::Status status;
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  do {  // gRPC closes the abandoned connections in its own time
    status = hub.Call(folder_ / "good");
  } while (!absl::IsAborted(status) && std::chrono::steady_clock::now() < limit);
  EXPECT_EQ(status, absl::AbortedError("vendor/sakura"));
}

TEST_F(ListenerTest, AddressMayNotOpenTooFast) {
  ManualClock standing;
  AcceptOptions options = Reporting();
  options.address = "127.0.0.1:0";
  options.connections_per_second_per_address = 1;
  options.connection_burst_per_address = 5;
  ASSERT_OK_AND_ASSIGN(const auto loop, AcceptLoop::Bind(options, standing));
  loop->Start([](int descriptor) { close(descriptor); });
  const std::string address = "127.0.0.1:" + std::to_string(loop->port());
  SilentConnections connections(address, 8);
  for (size_t i = 0; i < 8; ++i) EXPECT_TRUE(connections.ClosedByPeer(i));
  EXPECT_EQ(loop->accepted(), 5);
  EXPECT_EQ(loop->refused(RefusalReason::kAddressRate), 3);
  EXPECT_EQ(Told().size(), 1u) << "one report a second";
  standing.Advance(absl::Seconds(2));
  SilentConnections later(address, 4);
  for (size_t i = 0; i < 4; ++i) EXPECT_TRUE(later.ClosedByPeer(i));
  EXPECT_EQ(loop->accepted(), 7);
  loop->Stop();
  ASSERT_EQ(Told().size(), 2u);
  EXPECT_EQ(Told()[1].count, 3) << "the two not told before, and the new one";
}

TEST_F(ListenerTest, HandsOverNonBlockingSockets) {
  AcceptOptions options;
  options.address = "127.0.0.1:0";
  ASSERT_OK_AND_ASSIGN(const auto loop, AcceptLoop::Bind(options, clock_));
  int flags = 0;
  loop->Start([&](int descriptor) {
    flags = fcntl(descriptor, F_GETFL);
    close(descriptor);
  });
  SilentConnections one("127.0.0.1:" + std::to_string(loop->port()), 1);
  EXPECT_TRUE(one.ClosedByPeer(0));
  loop->Stop();
  EXPECT_NE(flags & O_NONBLOCK, 0);
}

TEST_F(ListenerTest, StopIsPromptAndRepeatable) {
  AcceptOptions options;
  options.address = "localhost:0";
  ASSERT_OK_AND_ASSIGN(const auto never_started, AcceptLoop::Bind(options, clock_));
  never_started->Stop();
  ASSERT_OK_AND_ASSIGN(const auto loop, AcceptLoop::Bind(options, clock_));
  loop->Start([](int descriptor) { close(descriptor); });
  loop->Stop();
  loop->Stop();
}

TEST_F(ListenerTest, AddressesAreChecked) {
  for (const char* address :
       {"", "localhost", ":8443", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:65536",
        "127.0.0.1:99999999999", "::1:80", "[]:80", "127.0.0.1: 80"}) {
    AcceptOptions options;
    options.address = address;
    EXPECT_THAT(AcceptLoop::Bind(options, clock_),
                FailsWith(absl::StatusCode::kInvalidArgument, "ADDRESS_INVALID"))
        << address;
  }
}

TEST_F(ListenerTest, TakenPortIsRefused) {
  AcceptOptions options;
  options.address = "127.0.0.1:0";
  ASSERT_OK_AND_ASSIGN(const auto first, AcceptLoop::Bind(options, clock_));
  options.address = "127.0.0.1:" + std::to_string(first->port());
  EXPECT_THAT(AcceptLoop::Bind(options, clock_),
              FailsWith(absl::StatusCode::kUnavailable, "ADDRESS_UNUSABLE"));
}

}  // namespace
}  // namespace switchboard::identity

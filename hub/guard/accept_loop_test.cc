#include "hub/guard/accept_loop.h"

#include <fcntl.h>

#include "tests/silent_connections.h"
#include "tests/testing.h"

namespace switchboard::guard {
namespace {

using ::switchboard::testing::FailsWith;
using ::switchboard::testing::SilentConnections;

class AcceptLoopTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<AcceptLoop>> Bind(const std::string& address) {
    AcceptOptions options;
    options.address = address;
    return AcceptLoop::Bind(options, refusals_);
  }

  ManualClock clock_;
  RefusalTally refusals_{[](const Refusals&) {}, clock_};
};

TEST_F(AcceptLoopTest, HandsOverNonBlockingSocketsAndWhereTheyCameFrom) {
  ASSERT_OK_AND_ASSIGN(const auto loop, Bind("127.0.0.1:0"));
  int flags = 0;
  std::string from;
  loop->Start([&](Socket socket, const std::string& address) {
    flags = fcntl(socket.get(), F_GETFL);
    from = address;
  });
  SilentConnections one("127.0.0.1:" + std::to_string(loop->port()), 1);
  EXPECT_TRUE(one.ClosedByPeer(0));
  loop->Stop();
  EXPECT_NE(flags & O_NONBLOCK, 0);
  EXPECT_EQ(from, "127.0.0.1");
  EXPECT_EQ(loop->accepted(), 1);
}

TEST_F(AcceptLoopTest, StopIsPromptAndRepeatable) {
  ASSERT_OK_AND_ASSIGN(const auto never_started, Bind("localhost:0"));
  never_started->Stop();
  ASSERT_OK_AND_ASSIGN(const auto loop, Bind("localhost:0"));
  loop->Start([](Socket, const std::string&) {});
  loop->Stop();
  loop->Stop();
}

TEST_F(AcceptLoopTest, AddressesAreChecked) {
  for (const char* address :
       {"", "localhost", ":8443", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:65536",
        "127.0.0.1:99999999999", "::1:80", "[]:80", "127.0.0.1: 80"}) {
    EXPECT_THAT(Bind(address), FailsWith(absl::StatusCode::kInvalidArgument, "ADDRESS_INVALID"))
        << address;
  }
}

TEST_F(AcceptLoopTest, TakenPortIsRefused) {
  ASSERT_OK_AND_ASSIGN(const auto first, Bind("127.0.0.1:0"));
  EXPECT_THAT(Bind("127.0.0.1:" + std::to_string(first->port())),
              FailsWith(absl::StatusCode::kUnavailable, "ADDRESS_UNUSABLE"));
}

}  // namespace
}  // namespace switchboard::guard

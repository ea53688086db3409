#include "hub/telemetry/supervisor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "tests/testing.h"

namespace switchboard::telemetry {
namespace {

// Stands for systemd: a datagram socket that NOTIFY_SOCKET names.
class SupervisorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder_ / "notify";
    ASSERT_LT(path.size(), sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    ASSERT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  void TearDown() override {
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    close(socket_);
  }
  // Empty: nothing was told.
  std::string Told() {
    char text[200];
    const ssize_t size = recv(socket_, text, sizeof text, MSG_DONTWAIT);
    return size < 0 ? "" : std::string(text, static_cast<size_t>(size));
  }

  testing::TemporaryFolder folder_;
  ManualClock clock_{absl::FromUnixSeconds(1'767'225'600)};
  int socket_ = -1;
};

TEST_F(SupervisorTest, TellsWhenItServesAndWhenItEnds) {
  Supervisor supervisor(clock_);
  supervisor.Serving();
  EXPECT_EQ(Told(), "READY=1");
  supervisor.Ending(absl::Seconds(5));
  EXPECT_EQ(Told(), "STOPPING=1\nEXTEND_TIMEOUT_USEC=5000000");
}

TEST_F(SupervisorTest, TellsTheWatchdogTwiceInItsTime) {
  setenv("WATCHDOG_USEC", "30000000", 1);
  Supervisor supervisor(clock_);
  supervisor.Turned();
  EXPECT_EQ(Told(), "WATCHDOG=1");
  clock_.Advance(absl::Seconds(14));
  supervisor.Turned();
  EXPECT_EQ(Told(), "");
  clock_.Advance(absl::Seconds(1));
  supervisor.Turned();
  EXPECT_EQ(Told(), "WATCHDOG=1");
}

TEST_F(SupervisorTest, WithoutAWatchdogTurnsAreNobodysConcern) {
  Supervisor supervisor(clock_);
  supervisor.Turned();
  EXPECT_EQ(Told(), "");
}

}  // namespace
}  // namespace switchboard::telemetry

#include "tests/servers/haproxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/numbers.h"
#include "hub/base/mutex.h"
#include "hub/guard/accept_loop.h"
#include "tests/testing.h"

namespace switchboard::servers {
namespace {

using ::switchboard::testing::Eventually;

// Says one letter to whoever connects, and keeps the connection.
class LetterServer {
 public:
  LetterServer(const ReservedPort& port, char letter) {
    guard::AcceptOptions options;
    options.address = port.address();
    auto loop = guard::AcceptLoop::Bind(options, refusals_);
    EXPECT_OK(loop);
    if (!loop.ok()) return;
    loop_ = *std::move(loop);
    loop_->Start([this, letter](guard::Socket socket, const std::string&) {
      send(socket.get(), &letter, 1, MSG_NOSIGNAL);
      MutexLock lock(mutex_);
      connections_.push_back(std::move(socket));
    });
  }
  ~LetterServer() {
    if (loop_ != nullptr) loop_->Stop();
  }

 private:
  SystemClock clock_;
  guard::RefusalTally refusals_{[](const guard::Refusals&) {}, clock_};
  std::unique_ptr<guard::AcceptLoop> loop_;
  Mutex mutex_;
  std::vector<guard::Socket> connections_ SWITCHBOARD_GUARDED_BY(mutex_);
};

// A connection that waits up to 30 s for each byte.
class Connection {
 public:
  explicit Connection(const HaProxy& proxy) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(proxy.address().substr(proxy.address().find(':') + 1), &port));
    address.sin_port = htons(static_cast<uint16_t>(port));
    const timeval patience = {30, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    connected_ = connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() { close(descriptor_); }

  bool connected() const { return connected_; }
  // The next letter; 0 when the connection has ended, '?' after 30 s.
  char Letter() {
    char letter = 0;
    const ssize_t size = recv(descriptor_, &letter, 1, 0);
    if (size < 0 && errno == EAGAIN) return '?';
    return size == 1 ? letter : '\0';
  }

 private:
  const int descriptor_;
  bool connected_ = false;
};

class HaProxyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status available = HaProxy::Available(); !available.ok())
      GTEST_SKIP() << available.message();
    for (int i = 0; i < 2; ++i) {
      ASSERT_OK_AND_ASSIGN(ReservedPort port, ReservedPort::Take());
      ports_.push_back(std::move(port));
    }
  }

  HaProxyOptions Options() const { return {.hubs = {ports_[0].address(), ports_[1].address()}}; }

  std::vector<ReservedPort> ports_;
};

TEST_F(HaProxyTest, ForwardsToWhoeverLives) {
  auto a = std::make_unique<LetterServer>(ports_[0], 'a');
  auto b = std::make_unique<LetterServer>(ports_[1], 'b');
  ASSERT_OK_AND_ASSIGN(const auto proxy, HaProxy::Create(Options()));
  const auto up_are = [&](std::vector<bool> wanted) {
    return Eventually([&] { return proxy->Up() == absl::StatusOr<std::vector<bool>>(wanted); });
  };
  Connection first(*proxy);
  Connection second(*proxy);
  const std::vector<char> letters = {first.Letter(), second.Letter()};
  EXPECT_THAT(letters, ::testing::UnorderedElementsAre('a', 'b'));

  a.reset();
  EXPECT_EQ((letters[0] == 'a' ? first : second).Letter(), '\0');
  EXPECT_TRUE(up_are({false, true}));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Connection(*proxy).Letter(), 'b');

  a = std::make_unique<LetterServer>(ports_[0], 'a');
  EXPECT_TRUE(up_are({true, true}));
  b.reset();
  EXPECT_TRUE(up_are({true, false}));
  EXPECT_EQ(Connection(*proxy).Letter(), 'a');
}

// Long before the next check.
TEST_F(HaProxyTest, NoCallerSeesARefusedConnection) {
  auto a = std::make_unique<LetterServer>(ports_[0], 'a');
  auto b = std::make_unique<LetterServer>(ports_[1], 'b');
  HaProxyOptions options = Options();
  options.check_milliseconds = 600'000;
  ASSERT_OK_AND_ASSIGN(const auto proxy, HaProxy::Create(options));
  a.reset();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Connection(*proxy).Letter(), 'b');
}

TEST_F(HaProxyTest, EndsAfterItsConnections) {
  const LetterServer a(ports_[0], 'a');
  const LetterServer b(ports_[1], 'b');
  ASSERT_OK_AND_ASSIGN(const auto idle, HaProxy::Create(Options()));
  EXPECT_TRUE(idle->Stop(120'000));
  EXPECT_FALSE(Connection(*idle).connected());

  ASSERT_OK_AND_ASSIGN(const auto busy, HaProxy::Create(Options()));
  Connection open(*busy);
  EXPECT_NE(open.Letter(), '\0');
  EXPECT_FALSE(busy->Stop(200));
  EXPECT_EQ(open.Letter(), '\0');
}

TEST_F(HaProxyTest, SaysWhyItDoesNotStart) {
  const auto proxy = HaProxy::Create({.hubs = {"no address at all"}});
  EXPECT_THAT(proxy,
              ::switchboard::testing::FailsWith(absl::StatusCode::kInternal, "SERVER_NOT_STARTED"));
  EXPECT_THAT(std::string(proxy.status().message()), ::testing::HasSubstr("hub1"));
}

}  // namespace
}  // namespace switchboard::servers

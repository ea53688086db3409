#include "tests/servers/reserved_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <vector>

#include "tests/testing.h"

namespace switchboard::servers {
namespace {

// A socket that closes itself.
class Socket {
 public:
  Socket() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() { close(descriptor_); }

  bool Reuse() {
    const int on = 1;
    return setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
  }
  bool Bind(int port) { return bind(descriptor_, Address(port), sizeof address_) == 0; }
  bool Listen() { return listen(descriptor_, 1) == 0; }
  bool Connect(int port) { return connect(descriptor_, Address(port), sizeof address_) == 0; }

 private:
  const sockaddr* Address(int port) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address_.sin_port = htons(static_cast<uint16_t>(port));
    return reinterpret_cast<const sockaddr*>(&address_);
  }

  const int descriptor_;
  sockaddr_in address_ = {};
};

TEST(ReservedPort, IsForServersThatNameIt) {
  ASSERT_OK_AND_ASSIGN(const ReservedPort port, ReservedPort::Take());
  for (int start = 0; start < 2; ++start) {
    Socket early;
    EXPECT_FALSE(early.Connect(port.number()));
    Socket server;
    Socket second;
    Socket client;
    EXPECT_TRUE(server.Reuse() && server.Bind(port.number()) && server.Listen());
    EXPECT_TRUE(client.Connect(port.number()));
    EXPECT_FALSE(second.Reuse() && second.Bind(port.number()) && second.Listen());
  }
  Socket careless;
  EXPECT_FALSE(careless.Bind(port.number()));
}

TEST(ReservedPort, IsGivenOnce) {
  std::vector<ReservedPort> ports;
  std::set<int> numbers;
  for (int i = 0; i < 500; ++i) {
    ASSERT_OK_AND_ASSIGN(ReservedPort port, ReservedPort::Take());
    numbers.insert(port.number());
    ports.push_back(std::move(port));
  }
  EXPECT_EQ(numbers.size(), ports.size());
}

}  // namespace
}  // namespace switchboard::servers

#include "tests/silent_connections.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <unistd.h>

namespace switchboard::testing {

SilentConnections::SilentConnections(const std::string& address, int count) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // All of them before the first connects: a hub in this process, which accepts meanwhile, takes
  // from the same descriptors.
  for (int i = 0; i < count; ++i) {
    descriptors_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_GE(descriptors_.back(), 0);
  }
  for (const int descriptor : descriptors_)
    EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
}

void SilentConnections::Close() {
  for (const int descriptor : descriptors_) close(descriptor);
  descriptors_.clear();
}

bool SilentConnections::ClosedByPeer(size_t i, absl::Duration patience) const {
  const timeval limit = absl::ToTimeval(patience);
  setsockopt(descriptors_[i], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  char words[256];  // the last ones of TLS
  ssize_t size = 0;
  do size = recv(descriptors_[i], words, sizeof words, 0);
  while (size > 0);
  return size == 0 || (size < 0 && errno == ECONNRESET);
}

void SilentConnections::Say(size_t i, const std::string& bytes) const {
  EXPECT_EQ(send(descriptors_[i], bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

}  // namespace switchboard::testing

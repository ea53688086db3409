#include "tests/servers/reserved_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hub/base/error.h"

namespace switchboard::servers {

absl::StatusOr<ReservedPort> ReservedPort::Take() {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const int on = 1;
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0 ||
      // Linux lets two sockets that both say so share a port as long as only one listens.
      setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(descriptor, generic, size) != 0 || getsockname(descriptor, generic, &size) != 0) {
    if (descriptor >= 0) close(descriptor);
    return Error(absl::StatusCode::kUnavailable, "PORT_UNAVAILABLE",
                 "no free port on the loopback interface");
  }
  return ReservedPort(descriptor, ntohs(address.sin_port));
}

ReservedPort::~ReservedPort() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace switchboard::servers

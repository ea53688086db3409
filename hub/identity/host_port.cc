#include "hub/identity/host_port.h"

#include <sys/socket.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "hub/base/error.h"

namespace switchboard::identity {

absl::StatusOr<HostPort> ParseHostPort(const std::string& text) {
  const auto invalid = [&] {
    return Error(
        absl::StatusCode::kInvalidArgument, "ADDRESS_INVALID",
        "\"" + text + "\" is not an address such as 0.0.0.0:8443, [::]:8443 or hub.example:8443");
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return invalid();
  HostPort where{text.substr(0, colon), text.substr(colon + 1)};
  if (where.host.size() >= 2 && where.host.front() == '[' && where.host.back() == ']') {
    where.host = where.host.substr(1, where.host.size() - 2);
  } else if (where.host.find(':') != std::string::npos) {
    return invalid();  // IPv6 without brackets: the port cannot be told from the address
  }
  int port = -1;
  const bool digits = std::all_of(where.port.begin(), where.port.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (where.host.empty() || !digits || !absl::SimpleAtoi(where.port, &port) || port > 65535) {
    return invalid();
  }
  return where;
}

absl::StatusOr<Addresses> Resolve(const HostPort& where, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(where.host.c_str(), where.port.c_str(), &hints, &found);
  if (error != 0) {
    return Error(absl::StatusCode::kUnavailable, "ADDRESS_UNUSABLE",
                 "the name " + where.host + " has no address: " + gai_strerror(error));
  }
  return Addresses(found);
}

}  // namespace switchboard::identity

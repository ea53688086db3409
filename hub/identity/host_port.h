#pragma once

#include <netdb.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace switchboard::identity {

// "issuer.example:8443", "127.0.0.1:0", "[::1]:8443" taken apart.
struct HostPort {
  std::string host;  // without brackets, never empty
  std::string port;  // digits, 0 to 65535
};

// Errors: INVALID_ARGUMENT, ADDRESS_INVALID.
absl::StatusOr<HostPort> ParseHostPort(const std::string& text);

struct AddressesDeleter {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesDeleter>;

// Stream addresses of the host; may ask the network. `flags` as ai_flags of getaddrinfo.
// Errors: UNAVAILABLE, ADDRESS_UNUSABLE.
absl::StatusOr<Addresses> Resolve(const HostPort& where, int flags);

}  // namespace switchboard::identity

#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace switchboard::servers {

// A TCP port of 127.0.0.1 for a server that is started with a port number, killed and started
// again. As long as the object lives, the system gives the port to nobody who asks for any free
// port, neither to listen nor for an outgoing connection; a server that names the port and sets
// SO_REUSEADDR, as PostgreSQL, HAProxy and the hub do, can listen on it. While none does,
// connecting is refused at once. Thread-compatible.
class ReservedPort {
 public:
  // Errors: UNAVAILABLE, PORT_UNAVAILABLE.
  static absl::StatusOr<ReservedPort> Take();

  ReservedPort(ReservedPort&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), number_(other.number_) {}
  ReservedPort& operator=(ReservedPort&&) = delete;
  ~ReservedPort();

  int number() const { return number_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(number_); }

 private:
  ReservedPort(int descriptor, int number) : descriptor_(descriptor), number_(number) {}

  int descriptor_;  // bound, never listening; -1: moved away
  int number_;
};

}  // namespace switchboard::servers

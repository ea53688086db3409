#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace switchboard::testing {

// TCP connections to the loopback that never say a word: all that a stranger without a certificate
// can do. Not thread-safe.
class SilentConnections {
 public:
  // Opens `count` of them to "host:port" of the loopback.
  SilentConnections(const std::string& address, int count);
  ~SilentConnections() { Close(); }
  SilentConnections(const SilentConnections&) = delete;
  SilentConnections& operator=(const SilentConnections&) = delete;

  void Close();

  // Waits until the other side has closed connection `i`; false when that takes longer.
  bool ClosedByPeer(size_t i, absl::Duration patience = absl::Seconds(30)) const;
  // Sends bytes over connection `i`.
  void Say(size_t i, const std::string& bytes) const;

 private:
  std::vector<int> descriptors_;
};

}  // namespace switchboard::testing

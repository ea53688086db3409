#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"

namespace switchboard::guard {

// The streams of one connection that are open, as far as the frame headers of both sides tell.
// Bounded by who calls Open. Not thread-safe.
class Streams {
 public:
  // A stream of the peer's begins. Its number is larger than last().
  void Open(uint32_t stream) {
    last_ = stream;
    open_.emplace(stream, Ended{});
  }
  // A side sends no more; once both have said so, the stream is over.
  void PeerEnded(uint32_t stream) { End(stream, &Ended::peer); }
  void ServerEnded(uint32_t stream) { End(stream, &Ended::server); }
  // Over at once.
  void Reset(uint32_t stream) { open_.erase(stream); }

  bool IsOpen(uint32_t stream) const { return open_.contains(stream); }
  size_t count() const { return open_.size(); }
  // The largest number that the peer has used; 0: none.
  uint32_t last() const { return last_; }

 private:
  struct Ended {
    bool peer = false;
    bool server = false;
  };

  void End(uint32_t stream, bool Ended::*side) {
    const auto found = open_.find(stream);
    if (found == open_.end()) return;
    found->second.*side = true;
    if (found->second.peer && found->second.server) open_.erase(found);
  }

  absl::flat_hash_map<uint32_t, Ended> open_;
  uint32_t last_ = 0;
};

}  // namespace switchboard::guard

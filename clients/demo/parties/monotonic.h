#pragma once

#include <chrono>
#include <cstdint>

namespace switchboard::demo {

// CLOCK_MONOTONIC in nanoseconds: the one clock that all processes of a machine share and nobody
// sets.
inline int64_t MonotonicNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace switchboard::demo

#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <string>

#include "hub/base/clock.h"

namespace switchboard {

// Mints ids: 26 characters of Crockford base 32, 48 bits of milliseconds and then 80 random bits
// (the layout of ULID). They sort by time, which keeps B-trees dense, and hold no counter, so that
// a vendor learns nothing of another vendor's volume from its own ids.
class IdMint {
 public:
  // Random bits from the operating system: ids cannot be guessed.
  explicit IdMint(Clock& clock);
  // Random bits from `seed`: for tests and the simulation only.
  IdMint(Clock& clock, uint64_t seed);

  // A new id; its time is never before that of an earlier one, even when the clock steps back.
  // Thread-safe.
  std::string Next();

  // 64 random bits from the same source. Thread-safe.
  uint64_t Random();

 private:
  uint64_t RandomLocked();

  Clock& clock_;
  const bool seeded_;
  std::mutex mutex_;
  uint64_t newest_millis_ = 0;  // guarded by mutex_
  std::mt19937_64 engine_;      // guarded by mutex_; used when seeded_
  unsigned char buffer_[4096];  // guarded by mutex_; operating system's bits not handed out yet
  size_t buffered_ = 0;         // guarded by mutex_
};

}  // namespace switchboard

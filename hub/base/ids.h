#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "hub/base/clock.h"
#include "hub/base/mutex.h"

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
  uint64_t RandomLocked() SWITCHBOARD_REQUIRES(mutex_);

  Clock& clock_;
  const bool seeded_;
  Mutex mutex_;
  uint64_t newest_millis_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  std::mt19937_64 engine_ SWITCHBOARD_GUARDED_BY(mutex_);  // used when seeded_
  // The operating system's bits that are not handed out yet.
  unsigned char buffer_[4096] SWITCHBOARD_GUARDED_BY(mutex_);
  size_t buffered_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
};

}  // namespace switchboard

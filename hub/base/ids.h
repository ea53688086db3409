#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "hub/base/clock.h"
#include "hub/base/mutex.h"

namespace switchboard {

// Mints ids: 26 characters of Crockford base 32, 48 bits of milliseconds and then 80 random bits
// (the layout of ULID). They sort by time, which keeps B-trees dense, and hold no counter, so that
// a vendor learns nothing of another vendor's volume from its own ids.
//
// An id of what belongs to one person, an assignment or a permit, ends with the shard of that
// person in place of its last ten random bits: what names the id can be sent where the person's
// other work is without a look into the database, today to a lane of the writer.
class IdMint {
 public:
  // Random bits from the operating system: ids cannot be guessed.
  explicit IdMint(Clock& clock);
  // Random bits from `seed`: for tests and the simulation only.
  IdMint(Clock& clock, uint64_t seed);

  // A new id; its time is never before that of an earlier one, even when the clock steps back.
  // Thread-safe.
  std::string Next();
  // The same, ending with `shard`. REQUIRES: it is one of ShardFrom or ShardOf an id that was
  // minted. Thread-safe.
  std::string NextOf(std::string_view shard);

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

// Orders ids by their random bits that no shard replaces: ids that were minted for the same people
// at two vendors come in two orders, of which neither tells the other.
struct RandomOrder {
  bool operator()(std::string_view one, std::string_view other) const;
};

// A shard: two characters, one of 1,024 parts of all people.
inline constexpr size_t kShardCharacters = 2;
// From a digest of the person's id; a keyed one, so that nobody can try ids out on it.
// REQUIRES: two bytes at least.
std::string ShardFrom(std::string_view digest);
// The shard at the end of an id. Of what was never minted here, whatever stands there.
std::string_view ShardOf(std::string_view id);

}  // namespace switchboard

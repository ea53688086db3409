#pragma once

#include <cstdint>
#include <string_view>

namespace switchboard::demo {

// A stream of random numbers that depends on nothing but its seeds: the same on every machine and
// with every standard library, which std's distributions are not. Not for secrets. Not thread-safe.
class Draws {
 public:
  // `stream` and `index` give independent streams under one seed: one per purpose and subject.
  Draws(uint64_t seed, uint64_t stream, uint64_t index);

  // 64 random bits (SplitMix64).
  uint64_t Next();

  // 0 to bound - 1. REQUIRES: bound > 0.
  int64_t Below(int64_t bound);

  // From `low` to `high`, both included. REQUIRES: low <= high.
  int64_t Between(int64_t low, int64_t high) { return low + Below(high - low + 1); }

  // True with the given chance in 10,000.
  bool InTenThousand(int64_t chance) { return Below(10000) < chance; }

 private:
  uint64_t state_;
};

// A number from a text, the same everywhere (FNV-1a).
uint64_t StableHash(std::string_view text);

}  // namespace switchboard::demo

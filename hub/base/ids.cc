#include "hub/base/ids.h"

#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

#include "hub/base/error.h"

namespace switchboard {
namespace {

constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kTimeCharacters = 10;
constexpr size_t kRandomCharacters = 14;

}  // namespace

IdMint::IdMint(Clock& clock) : clock_(clock), seeded_(false) {}

IdMint::IdMint(Clock& clock, uint64_t seed) : clock_(clock), seeded_(true), engine_(seed) {}

std::string IdMint::Next() {
  uint64_t millis = static_cast<uint64_t>(absl::ToUnixMillis(clock_.Now()));
  uint64_t high, low;
  {
    MutexLock lock(mutex_);
    millis = newest_millis_ = std::max(newest_millis_, millis);
    high = RandomLocked();
    low = RandomLocked();
  }
  std::string id(26, '0');
  for (int i = 9; i >= 0; --i) {
    id[i] = kAlphabet[millis & 31];
    millis >>= 5;
  }
  for (int i = 0; i < 8; ++i) {
    id[10 + i] = kAlphabet[(high >> (5 * i)) & 31];
    id[18 + i] = kAlphabet[(low >> (5 * i)) & 31];
  }
  return id;
}

std::string IdMint::NextOf(std::string_view shard) {
  SWITCHBOARD_ASSERT(shard.size() == kShardCharacters);
  std::string id = Next();
  id.replace(id.size() - kShardCharacters, kShardCharacters, shard);
  return id;
}

uint64_t IdMint::Random() {
  MutexLock lock(mutex_);
  return RandomLocked();
}

uint64_t IdMint::RandomLocked() {
  if (seeded_) return engine_();
  if (buffered_ < sizeof(uint64_t)) {
    SWITCHBOARD_ASSERT(RAND_bytes(buffer_, sizeof(buffer_)) == 1);
    buffered_ = sizeof(buffer_);
  }
  uint64_t bits;
  buffered_ -= sizeof(bits);
  std::memcpy(&bits, buffer_ + buffered_, sizeof(bits));
  return bits;
}

bool RandomOrder::operator()(std::string_view one, std::string_view other) const {
  const auto random = [](std::string_view id) {
    return id.substr(std::min(id.size(), kTimeCharacters), kRandomCharacters);
  };
  const int order = random(one).compare(random(other));
  return order == 0 ? one < other : order < 0;
}

std::string ShardFrom(std::string_view digest) {
  SWITCHBOARD_ASSERT(digest.size() >= kShardCharacters);
  std::string shard(kShardCharacters, '0');
  for (size_t i = 0; i < kShardCharacters; ++i)
    shard[i] = kAlphabet[static_cast<unsigned char>(digest[i]) & 31];
  return shard;
}

std::string_view ShardOf(std::string_view id) {
  return id.substr(id.size() - std::min(id.size(), kShardCharacters));
}

}  // namespace switchboard

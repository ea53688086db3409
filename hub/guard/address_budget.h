#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "hub/base/clock.h"
#include "hub/guard/token_bucket.h"

namespace switchboard::guard {

// How many connections an address may still open: a bucket of tokens per address, of IPv6 per /64,
// since that is what one subscriber has. Memory is bounded: at `keys_max` keys, full buckets are
// forgotten (they say nothing), and if none is full, new keys share one bucket. Not thread-safe.
class AddressBudget {
 public:
  AddressBudget(Rate rate, size_t keys_max, Clock& clock);

  // Takes a token of an address, "192.0.2.7"; false when there is none.
  bool Take(const std::string& address);

  size_t keys() const { return buckets_.size(); }

 private:
  TokenBucket& BucketOf(const std::string& key, absl::Time now);

  const Rate rate_;
  const size_t keys_max_;
  Clock& clock_;
  absl::flat_hash_map<std::string, TokenBucket> buckets_;
  TokenBucket shared_;
};

}  // namespace switchboard::guard

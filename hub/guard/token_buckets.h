#pragma once

#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "hub/guard/token_bucket.h"

namespace switchboard::guard {

// A bucket of tokens per key. Memory is bounded: at `keys_max` keys, full buckets are forgotten
// (they say nothing), and if none is full, new keys share one bucket. Not thread-safe.
class TokenBuckets {
 public:
  TokenBuckets(Rate rate, size_t keys_max)
      : rate_(rate), keys_max_(keys_max), shared_(rate, absl::UnixEpoch()) {}

  // Takes a token of a key; false when there is none.
  bool Take(const std::string& key, absl::Time now);
  // Whether Take would find one.
  bool Has(const std::string& key, absl::Time now);

  size_t keys() const { return buckets_.size(); }

 private:
  TokenBucket& BucketOf(const std::string& key, absl::Time now);

  const Rate rate_;
  const size_t keys_max_;
  absl::flat_hash_map<std::string, TokenBucket> buckets_;
  TokenBucket shared_;
};

}  // namespace switchboard::guard

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"

namespace switchboard::identity {

// How many connections an address may still open: a bucket of tokens per key that fills at a steady
// rate. Memory is bounded: at `keys_max` keys, full buckets are forgotten (they say nothing), and
// if none is full, new keys share one bucket. Not thread-safe.
class AddressBudget {
 public:
  // `per_second` > 0 tokens flow into a bucket of `burst` >= 1.
  AddressBudget(double per_second, int burst, size_t keys_max, Clock& clock);

  // Takes a token of `key`; false when there is none.
  bool Take(std::string_view key);

  size_t keys() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens;
    absl::Time filled;
  };

  void Fill(Bucket& bucket, absl::Time now) const;
  Bucket& BucketOf(std::string_view key, absl::Time now);

  const double per_second_;
  const double burst_;
  const size_t keys_max_;
  Clock& clock_;
  absl::flat_hash_map<std::string, Bucket> buckets_;
  Bucket shared_;
};

}  // namespace switchboard::identity

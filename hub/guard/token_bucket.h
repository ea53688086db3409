#pragma once

#include <algorithm>

#include "absl/time/time.h"

namespace switchboard::guard {

// How often something may happen: `burst` at once, and `per_second` over time.
struct Rate {
  double per_second = 0;
  double burst = 0;
};

// What is left of a rate. A value; not thread-safe.
class TokenBucket {
 public:
  TokenBucket(Rate rate, absl::Time now) : rate_(rate), tokens_(rate.burst), filled_(now) {}

  // Takes one; false when there is none.
  bool Take(absl::Time now) {
    if (!Has(now)) return false;
    tokens_ -= 1;
    return true;
  }

  // Whether Take would find one.
  bool Has(absl::Time now) {
    Fill(now);
    return tokens_ >= 1;
  }

  // A full one says no more than a new one.
  bool IsFull(absl::Time now) {
    Fill(now);
    return tokens_ >= rate_.burst;
  }

 private:
  void Fill(absl::Time now) {
    // A clock that steps back adds nothing, and the bucket fills from the new time on.
    const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - filled_));
    tokens_ = std::min(rate_.burst, tokens_ + seconds * rate_.per_second);
    filled_ = now;
  }

  Rate rate_;
  double tokens_;
  absl::Time filled_;
};

}  // namespace switchboard::guard

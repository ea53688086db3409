#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace switchboard::transport {

struct BackoffOptions {
  // Upper end of the first delay; positive.
  absl::Duration initial = absl::Milliseconds(200);
  // Upper end of any delay.
  absl::Duration maximum = absl::Seconds(30);
  // Growth of the upper end from one attempt to the next; at least 1.
  double factor = 2.0;
};

// Delays between attempts: exponential with full jitter (each delay is uniform between zero and a
// bound that doubles), so that vendors which lost the same hub do not return together. Pure; not
// thread-safe.
class Backoff {
 public:
  explicit Backoff(const BackoffOptions& options)
      : options_(options), bound_(Capped(options.initial)) {}

  // The delay before the next attempt. `random_bits` come from IdMint::Random.
  absl::Duration Next(uint64_t random_bits) {
    // 53 bits: what a double holds exactly.
    const double fraction =
        static_cast<double>(random_bits >> 11) / static_cast<double>(1ull << 53);
    const absl::Duration delay = bound_ * fraction;
    bound_ = Capped(bound_ * options_.factor);
    return delay;
  }

  // After a success: the next delay is a first one again.
  void Reset() { bound_ = Capped(options_.initial); }

  // Upper end of the next delay.
  absl::Duration bound() const { return bound_; }

 private:
  absl::Duration Capped(absl::Duration bound) const { return std::min(bound, options_.maximum); }

  BackoffOptions options_;
  absl::Duration bound_;
};

}  // namespace switchboard::transport

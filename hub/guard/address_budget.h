#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "hub/base/clock.h"
#include "hub/guard/token_buckets.h"

namespace switchboard::guard {

// How many connections an address may still open: a bucket of tokens per address, of IPv6 per /64,
// since that is what one subscriber has. Not thread-safe.
class AddressBudget {
 public:
  // `clock` outlives the budget.
  AddressBudget(Rate rate, size_t keys_max, Clock& clock)
      : clock_(clock), buckets_(rate, keys_max) {}

  // Takes a token of an address, "192.0.2.7"; false when there is none.
  bool Take(const std::string& address);

  size_t keys() const { return buckets_.keys(); }

 private:
  Clock& clock_;
  TokenBuckets buckets_;
};

}  // namespace switchboard::guard

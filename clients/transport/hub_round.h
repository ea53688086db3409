#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/transport/backoff.h"
#include "clients/transport/retry.h"

namespace switchboard::transport {

// When to try again where there may be several hubs. A round asks each of them once, one right
// after the other; only when all have failed comes a delay with jitter, and then the next round.
// With one hub every attempt is a round. Pure; not thread-safe. Whoever drives it turns from the
// hub that failed (Hubs::TurnFrom).
class HubRound {
 public:
  // `hubs`: how many there are, at least 1.
  HubRound(const BackoffOptions& backoff, size_t hubs) : backoff_(backoff), hubs_(hubs) {}

  // The delay before the next attempt, now that one failed or ended so; zero: at once. A hub that
  // asked for a delay is not asked again before that is over. `random_bits` as of Backoff::Next.
  absl::Duration After(const absl::Status& end, uint64_t random_bits) {
    requested_ = std::max(requested_, RequestedDelay(end));
    if (++tried_ < hubs_ && AnotherHubMayDo(end)) return absl::ZeroDuration();
    tried_ = 0;
    return std::max(backoff_.Next(random_bits), std::exchange(requested_, absl::ZeroDuration()));
  }

  // The next attempt is the first of a round.
  bool is_over() const { return tried_ == 0; }

  // After a success: a new round, and the next delay is a first one again.
  void Reset() {
    tried_ = 0;
    requested_ = absl::ZeroDuration();
    backoff_.Reset();
  }

 private:
  Backoff backoff_;
  size_t hubs_;
  size_t tried_ = 0;          // in this round
  absl::Duration requested_;  // the longest that a hub of this round asked for
};

}  // namespace switchboard::transport

#pragma once

#include "absl/time/time.h"
#include "hub/base/clock.h"

namespace switchboard::telemetry {

// What a daemon tells whoever started it, by the protocol of sd_notify(3): that it serves, that it
// still turns, that it ends. Nobody listens where it was not started so. Not thread-safe.
class Supervisor {
 public:
  // `clock` never steps back and outlives it.
  explicit Supervisor(Clock& clock);

  void Serving();
  // Call with every turn of the main loop: tells it often enough for the watchdog of the unit
  // (WatchdogSec), if there is one.
  void Turned();
  // `within`: how long it may take.
  void Ending(absl::Duration within);

 private:
  Clock& clock_;
  absl::Duration interval_ = absl::InfiniteDuration();
  absl::Time told_ = absl::InfinitePast();
};

}  // namespace switchboard::telemetry

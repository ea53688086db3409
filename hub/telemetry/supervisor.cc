#include "hub/telemetry/supervisor.h"

#include <systemd/sd-daemon.h>

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace switchboard::telemetry {

Supervisor::Supervisor(Clock& clock) : clock_(clock) {
  uint64_t limit_us = 0;
  // As sd_watchdog_enabled(3) advises, at half of the time.
  if (sd_watchdog_enabled(0, &limit_us) > 0)
    interval_ = absl::Microseconds(static_cast<int64_t>(limit_us / 2));
}

void Supervisor::Serving() { sd_notify(0, "READY=1"); }

void Supervisor::Turned() {
  if (interval_ == absl::InfiniteDuration()) return;
  const absl::Time now = clock_.Now();
  if (now - told_ < interval_) return;
  told_ = now;
  sd_notify(0, "WATCHDOG=1");
}

void Supervisor::Ending(absl::Duration within) {
  sd_notify(
      0,
      absl::StrCat("STOPPING=1\nEXTEND_TIMEOUT_USEC=", absl::ToInt64Microseconds(within)).c_str());
}

}  // namespace switchboard::telemetry

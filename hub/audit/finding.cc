#include "hub/audit/finding.h"

#include "absl/time/time.h"

namespace switchboard::audit {

std::string UtcTextOf(int64_t time_us) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::FromUnixMicros(time_us),
                          absl::UTCTimeZone());
}

}  // namespace switchboard::audit

#include "hub/guard/refusals.h"

#include <utility>

namespace switchboard::guard {
namespace {

constexpr absl::Duration kReportEvery = absl::Seconds(1);

constexpr std::array<std::string_view, kRefusalReasons> kNames = {
    "descriptors_max", "address_rate",     "system_exhausted", "half_open_max",
    "handshake_time",  "handshake_failed", "proxy_header",     "peer_max",
    "vendors_max",     "connections_max",  "offences_max"};

}  // namespace

std::string_view RefusalName(RefusalReason reason) { return kNames[static_cast<size_t>(reason)]; }

RefusalTally::RefusalTally(std::function<void(const Refusals&)> report, Clock& clock)
    : report_(std::move(report)), clock_(clock) {}

void RefusalTally::Count(RefusalReason reason, std::string_view address) {
  Refusals refusals{reason, std::string(address)};
  const absl::Time now = clock_.Now();
  {
    MutexLock lock(mutex_);
    Kind& kind = kinds_[static_cast<size_t>(reason)];
    ++kind.counted;
    ++kind.unreported;
    const bool recent = now >= kind.reported && now < kind.reported + kReportEvery;
    if (recent || !report_) return;
    kind.reported = now;
    refusals.count = std::exchange(kind.unreported, 0);
  }
  report_(refusals);
}

int64_t RefusalTally::counted(RefusalReason reason) const {
  MutexLock lock(mutex_);
  return kinds_[static_cast<size_t>(reason)].counted;
}

}  // namespace switchboard::guard

#include "hub/connection_limits.h"

#include <algorithm>
#include <limits>

#include "hub/base/error.h"

namespace switchboard {
namespace {

constexpr int64_t kOwnDescriptors = 100;
// Of those past the handshake, in quarters: three each, and one for the half-open at its side.
constexpr int64_t kQuarterDescriptors = 13;

int HalfOpenMax(int connections_max) { return std::max(1, connections_max / 4); }

}  // namespace

guard::ConnectionShares SharesOf(const v1::Config& config, int64_t descriptors_max) {
  const v1::Config::Limits& limits = config.limits();
  guard::ConnectionShares shares;
  shares.connections_max = static_cast<int>(std::clamp<int64_t>(
      (descriptors_max - kOwnDescriptors) * 4 / kQuarterDescriptors, 1, limits.connections_max()));
  shares.per_peer_max = limits.connections_per_peer_max();
  const double offences = limits.offences_per_minute();
  shares.offences_of_vendor = {offences / 60, offences};
  shares.reserved_for_issuer = std::min(limits.connections_reserved(), shares.connections_max / 4);
  return shares;
}

int AcceptMax(int64_t descriptors_max) {
  return static_cast<int>(
      std::clamp<int64_t>(descriptors_max - kOwnDescriptors, 1, std::numeric_limits<int>::max()));
}

guard::DoorOptions DoorOf(const v1::Config& config, const guard::ConnectionShares& shares) {
  const int rate = config.limits().new_connections_per_second();
  guard::DoorOptions options;
  options.half_open_max = HalfOpenMax(shares.connections_max);
  options.per_address = {static_cast<double>(rate), 4.0 * rate};
  for (const std::string& proxy : config.proxies()) {
    auto range = guard::AddressRange::Parse(proxy);
    SWITCHBOARD_ASSERT(range.ok());
    options.proxies.push_back(*std::move(range));
  }
  return options;
}

}  // namespace switchboard

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"

namespace switchboard::guard {

// Why a connection was closed before it was let in.
enum class RefusalReason {
  // Too many descriptors are open in the process.
  kDescriptorsMax,
  // The address opens connections too fast.
  kAddressRate,
  // The system had no descriptor or memory left; connections wait until it has.
  kSystemExhausted,
  // The oldest of those whose handshake is not over made room for a newer one.
  kHalfOpenMax,
  // Its handshake took too long.
  kHandshakeTime,
  // Its handshake failed: no certificate, or one that does not count; no TLS; another protocol.
  kHandshakeFailed,
  // It came from a listed proxy and did not begin as those do.
  kProxyHeader,
  // The peer's share of connections, that of vendors, or all of them are in use.
  kPeerMax,
  kVendorsMax,
  kConnectionsMax,
  // Too many connections of this vendor were ended for what it sent.
  kOffencesMax,
};
inline constexpr int kRefusalReasons = static_cast<int>(RefusalReason::kOffencesMax) + 1;

// "address_rate": as a label and in logs.
std::string_view RefusalName(RefusalReason reason);

// Refusals of one kind since the last report.
struct Refusals {
  RefusalReason reason;
  std::string address;  // of the newest, "192.0.2.7"; empty with kSystemExhausted
  int64_t count = 0;
};

// Counts refusals and reports at most one a second and kind, so that a flood of connections is no
// flood of log lines. Thread-safe.
class RefusalTally {
 public:
  // `report` is called from whoever counts; it must not block. `clock` outlives the tally.
  RefusalTally(std::function<void(const Refusals&)> report, Clock& clock);

  void Count(RefusalReason reason, std::string_view address);

  // Since the start.
  int64_t counted(RefusalReason reason) const;

 private:
  struct Kind {
    int64_t counted = 0;
    int64_t unreported = 0;
    absl::Time reported = absl::InfinitePast();
  };

  const std::function<void(const Refusals&)> report_;
  Clock& clock_;
  mutable Mutex mutex_;
  std::array<Kind, kRefusalReasons> kinds_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard::guard

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/storage/database.h"
#include "hub/telemetry/metrics.h"

// What monitoring is told from rows, so that it speaks right after a start as well. To be read
// every few seconds by a reader, not at each scrape.

namespace switchboard::reports {

// Sets the gauges that come from rows (metrics.h says which), and puts the counters of every vendor
// into the text, as 0 while nothing has happened. `now`: of which day the contracts are asked, in
// UTC. A handful of small queries; nothing is set when one fails.
absl::Status LookAtGauges(storage::Connection& reader, absl::Time now, telemetry::Metrics& metrics);

// A reader of the core feed, and what it has not confirmed of it.
struct WaitedFor {
  std::string core;    // "core/main"; telemetry::kNobody when there is no reader
  std::string reader;  // empty for the only one; telemetry::kNobody as well
  int64_t confirmed = 0;
  int64_t unconfirmed = 0;        // items
  int64_t waiting_since_us = 0;   // when the first of them was recorded
  bool holds_up_erasure = false;  // nobody has confirmed less

  bool is_nobody() const { return core == telemetry::kNobody; }
};
// By core and reader. Erasure of outcomes waits for who has confirmed least (core_feed/erasure.h).
// Where items wait and there is no reader, because none ever confirmed anything or all were
// retired, it waits for the first one to come: then that nobody is all there is.
absl::StatusOr<std::vector<WaitedFor>> ReadersWaitedFor(storage::Connection& reader);

}  // namespace switchboard::reports

#pragma once

#include <string>

#include "hub/base/clock.h"

namespace switchboard::bench {

// The least that could answer the hub's protocol over the same gRPC and TLS: what is left when
// there is no book, no mask, no seal, no audit and no rule. The load generators run against it
// unchanged.
//   Sync            Open.adapter "stream:N" sends N prepared assignments, 100 a message, without
//                   waiting for acks; "watch" sends withdrawals as PostEvents makes them
//   ReportOutcomes  parsed and answered, nothing stored
//   RequestPermit   answered; a request_id that begins with "stored" is committed first
//   PostEvents      one commit of one row in SQLite, then a withdrawal to the vendor that the
//                   event_id names with its last character
// Serves until a signal ends the process; writes its port to <folder>/ports.
// `guarded`: behind the hub's guard, which then ends TLS in gRPC's place.
[[noreturn]] void ServeFloor(const std::string& folder, const std::string& tls_directory,
                             bool guarded, Clock& clock);

}  // namespace switchboard::bench

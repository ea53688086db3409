#pragma once

#include "absl/status/status.h"
#include "hub/base/clock.h"
#include "hub/hub.h"
#include "hub/startup.h"
#include "hub/telemetry/log.h"

namespace switchboard {

// Tells in the log which rule packs are in force, which files say what was never released or are
// older than what was, which packs are in force without a file, and whether the pack for elsewhere
// is missing, or any. `begun`: this start put the files in force. Changes nothing.
absl::Status TellConfiguredPacks(const Startup& startup, Hub& hub, Clock& clock, bool begun,
                                 telemetry::Log& log);

}  // namespace switchboard

#pragma once

#include "absl/status/status.h"
#include "hub/base/clock.h"
#include "hub/hub.h"
#include "hub/startup.h"
#include "hub/telemetry/log.h"

namespace switchboard {

// Tells in the log which code maps are in force, which files say what was never released or are
// older than what was, which maps are in force without a file, and which files are of a vendor that
// never had a contract. `begun`: this start put the files in force. Changes nothing.
absl::Status TellConfiguredCodeMaps(const Startup& startup, Hub& hub, Clock& clock, bool begun,
                                    telemetry::Log& log);

}  // namespace switchboard

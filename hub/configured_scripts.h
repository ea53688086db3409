#pragma once

#include "absl/status/status.h"
#include "hub/base/clock.h"
#include "hub/hub.h"
#include "hub/startup.h"
#include "hub/telemetry/log.h"

namespace switchboard {

// Tells in the log which scripts are in force, which files say what was never released or are older
// than what was, and which scripts are in force without a file. `begun`: this start put the files
// in force. Changes nothing.
absl::Status TellConfiguredScripts(const Startup& startup, Hub& hub, Clock& clock, bool begun,
                                   telemetry::Log& log);

}  // namespace switchboard

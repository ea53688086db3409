#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "hub/contracts/code_maps.h"
#include "hub/hub.h"
#include "hub/startup.h"
#include "hub/telemetry/log.h"

namespace switchboard {

// What the code map files of a configuration are to the database, in their order. Changes nothing.
// Errors: INVALID_ARGUMENT with the place, CODE_MAP_VERSION when a file's version was applied with
// another meaning; those of the database.
absl::StatusOr<std::vector<contracts::TextVerdict>> JudgeConfiguredCodeMaps(
    const Startup& startup, Hub& hub, storage::Connection& reader);

// Applies what is new; and tells in the log which versions are in force, which files are older than
// what was applied, which maps are in force without a file, and which files are of a vendor that
// never had a contract. REQUIRES: the hub's writer runs, and contracts were applied. Blocks.
absl::Status ApplyConfiguredCodeMaps(const Startup& startup,
                                     const std::vector<contracts::TextVerdict>& verdicts, Hub& hub,
                                     Clock& clock, telemetry::Log& log);

}  // namespace switchboard

#pragma once

#include "absl/status/status.h"
#include "hub/base/clock.h"
#include "hub/hub.h"
#include "hub/startup.h"
#include "hub/telemetry/log.h"
#include "hub/telemetry/metrics.h"

namespace switchboard {

// What a start does with the files of texts that its configuration names: contracts, the plan, rule
// packs, code maps and scripts. They begin a database that has no text at all; afterwards they are
// compared with what was released, by what the texts mean, and never put in force: that takes two
// operators (releases/releases.h), and so no older file brings an older text back.

// Holds the plan file of a new database to its contract files. Changes nothing; to be asked before
// the hub writes. Errors: INVALID_ARGUMENT, PLAN_INVALID with the place; those of the database.
absl::Status CheckConfiguredTexts(const Startup& startup, Hub& hub, Clock& clock);

// Puts the files in force where no text stands, all or none. Then tells in the log, and by
// contract_files_passed_over, which files say what was never released, which are older than what
// was, and what is in force without a file; and in the log which versions are in force and which
// are to come, and what of the plan the contracts do not cover. REQUIRES: the hub's writer runs.
// Blocks.
absl::Status TakeConfiguredTexts(const Startup& startup, Hub& hub, Clock& clock,
                                 telemetry::Metrics& metrics, telemetry::Log& log);

}  // namespace switchboard

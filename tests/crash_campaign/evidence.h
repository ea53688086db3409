#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "hub/base/clock.h"
#include "tests/crash_campaign/stage.h"
#include "tests/invariants/invariants.h"

namespace switchboard::crash {

// Lets every vendor catch up, then reads what the hub has, as an operator does, what each vendor
// has and was told, and what the hub would send a vendor that has nothing. REQUIRES: the hub
// serves, the vendors' processes have ended, the core is quiet. Errors: those of the calls and
// files; DEADLINE_EXCEEDED, NO_REST when the feeds do not come to rest.
absl::Status GatherEvidence(const Stage& stage, Clock& clock, invariants::Ledger& ledger);

}  // namespace switchboard::crash

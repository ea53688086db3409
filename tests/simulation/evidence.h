#pragma once

#include "absl/status/status.h"
#include "tests/simulation/operator_party.h"
#include "tests/simulation/world.h"

namespace switchboard::simulation {

// Reads from the hub, through its own api, everything the validators ask for. REQUIRES: all is
// quiet.
absl::Status GatherEvidence(World& world);

// What each vendor's contract lets it hold now. A vendor that was stopped and may keep its work is
// left out. REQUIRES: all is quiet.
absl::Status ReadAllowed(World& world, const OperatorParty& operators);

// Fills in the hub's end of a vendor's feed: its live rows as they would be sent now, and its
// numbers.
absl::Status ReadFeedOfHub(World& world, invariants::Feed& feed);

}  // namespace switchboard::simulation

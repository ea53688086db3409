#pragma once

#include "absl/status/status.h"
#include "tests/simulation/world.h"

namespace switchboard::simulation {

// Reads from the hub, through its own api, everything the validators ask for. REQUIRES: all is
// quiet.
absl::Status GatherEvidence(World& world);
// Fills in orders to delete, the record of disclosures, and digests of what vendors were shown.
absl::Status GatherPrivacyEvidence(World& world);

// Recomputes the audit log and holds the rows of all tables against it: `log_findings` of the
// world.
absl::Status CheckLogOfHub(World& world);

// What each vendor's contract lets it hold now. REQUIRES: all is quiet.
absl::Status ReadAllowed(World& world);

// Fills in the hub's end of a vendor's feed: its live rows as they would be sent now, and its
// numbers.
absl::Status ReadFeedOfHub(World& world, invariants::Feed& feed);

}  // namespace switchboard::simulation

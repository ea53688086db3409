#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "clients/demo/evidence/evidence.h"
#include "clients/demo/people/population.h"
#include "tests/invariants/invariants.h"

namespace switchboard::demo {

// I9 for a run that has one hub and one clock only: routes the book once more in this process, by
// the hub's pure router, from the same book, plan, seed and contracts, and compares each placement
// and its reason with the hub's. An account on which a stop lay before it came is left out, as the
// hub left it out. Nothing when the plan or a contract limits what may be live: when places become
// free depends on the vendors.
std::optional<invariants::Violations> RoutingDiffers(const Evidence& evidence,
                                                     const Population& population);

// The placements that come of routing the book, in its order, without ids and times. `stopped`: by
// account id, left out. REQUIRES: no limits.
std::vector<v1::ListPlacementsResponse::Placement> RouteBook(
    const Evidence& evidence, const Population& population,
    const absl::flat_hash_set<std::string>& stopped);

}  // namespace switchboard::demo

#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/contracts/code_maps.h"
#include "hub/contracts/contracts.h"
#include "hub/contracts/routing_plans.h"
#include "hub/contracts/rule_packs.h"
#include "hub/contracts/scripts.h"
#include "hub/releases/text.h"
#include "hub/storage/database.h"

namespace switchboard::releases {

// Most warnings that are told of one text.
inline constexpr size_t kWarningsMax = 20;

// What stands, by kind.
struct Standing {
  contracts::Contracts& contracts;
  contracts::RoutingPlans& plans;
  contracts::RulePacks& rule_packs;
  contracts::CodeMaps& code_maps;
  contracts::Scripts& scripts;
};

// What else to know of a text before it is released at `now`, a sentence each, at most
// kWarningsMax: that its days are over; versions that would never begin beside it; of a contract
// what of the routing plan would not be covered any more; of a code map that its vendor never had a
// contract. None keeps it from being released, nor
// does what was altered in the database, of which a sentence is told.
absl::StatusOr<std::vector<std::string>> WarningsOf(storage::Connection& connection,
                                                    const Standing& standing, const ReadText& text,
                                                    absl::Time now);

// What of the routing plan of a day the contracts of that day do not cover, a sentence each.
// `instead`: a contract that stands in the place of its vendor's; null: none does.
absl::StatusOr<std::vector<std::string>> UncoveredOn(storage::Connection& connection,
                                                     const contracts::RoutingPlans& plans,
                                                     absl::Time day, const v1::Contract* instead);

}  // namespace switchboard::releases

#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/routing_plan.pb.h"

namespace switchboard {
class YamlPlaces;
}

namespace switchboard::routing {

// Most bytes of a plan's text.
inline constexpr size_t kPlanBytesMax = 256 * 1024;

// Reads a routing plan and holds it to every rule that routing_plan.proto states, up to those that
// need contracts. The first problem in the order of the schema is reported, with its place and the
// way out: "plan.yaml:7:5: segments[0].shares: shares of segment 'early-ja' sum to 90; they must
// sum to 100".
//
// `file_name` names the text in errors.
// Errors: INVALID_ARGUMENT, PLAN_INVALID with metadata file, line, column, field.
absl::StatusOr<v1::RoutingPlan> ParseRoutingPlan(std::string_view yaml, std::string_view file_name);

// Checks that every share's vendor has a contract that lists the segment's work type. `contracts`:
// those in force when the plan will be. `places`: of the text that `plan` was parsed from. Errors:
// as ParseRoutingPlan.
absl::Status CheckPlanAgainstContracts(const v1::RoutingPlan& plan,
                                       const std::vector<v1::Contract>& contracts,
                                       const YamlPlaces& places);

}  // namespace switchboard::routing

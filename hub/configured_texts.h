#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "hub/contracts/contracts.h"
#include "hub/contracts/rule_packs.h"
#include "hub/hub.h"
#include "hub/startup.h"
#include "hub/telemetry/log.h"
#include "hub/telemetry/metrics.h"

namespace switchboard {

// What the contract files, the plan file, the rule pack files and the code map files of a
// configuration are to the database: one that says something new is to be put in force; one that
// somebody has replaced since is not, whoever it was: what an operator applied last stays until the
// file says something new. Texts are compared by what they mean.
struct ConfiguredTexts {
  std::vector<contracts::FileVerdict> contracts;   // in the order of Startup::contracts
  contracts::FileVerdict plan;                     // when there is a plan file
  std::vector<contracts::TextVerdict> rule_packs;  // in the order of Startup::rule_packs
  std::vector<contracts::TextVerdict> code_maps;   // in the order of Startup::code_maps
};

// Compares, and holds a plan that is to be put in force to the contracts that will be. Changes
// nothing; to be asked before the hub writes. Errors: INVALID_ARGUMENT with the place,
// PLAN_INVALID, RULE_PACK_VERSION or CODE_MAP_VERSION; those of the database.
absl::StatusOr<ConfiguredTexts> JudgeConfiguredTexts(const Startup& startup, Hub& hub,
                                                     Clock& clock);

// Puts in force what is new, rule packs first (configured_packs.h), then contracts, because the
// plan and code maps (configured_code_maps.h) name vendors; and tells in the log and by
// contract_files_passed_over what is passed over: files older than what is in force, and contracts
// in force without a file. The log also says which versions are in force and which are to come,
// what of an operator's a file replaced, and what of the plan in force the contracts do not cover.
// REQUIRES: the hub's writer runs. Blocks.
absl::Status ApplyConfiguredTexts(const Startup& startup, const ConfiguredTexts& texts, Hub& hub,
                                  Clock& clock, telemetry::Metrics& metrics, telemetry::Log& log);

}  // namespace switchboard

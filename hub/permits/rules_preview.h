#pragma once

#include <memory>

#include "absl/time/time.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/contracts/rule_packs.h"
#include "hub/permits/judge.h"
#include "hub/rules/compiled_pack.h"
#include "hub/storage/database.h"
#include "switchboard/v1/operator_rules.pb.h"

// What rules do to the work of all vendors: to that of the hours to come, and to what was done.
// Nothing is written.

namespace switchboard::permits {

// What both need. Refers to all of it.
struct RulesOutlook {
  storage::Connection& reader;
  const book::Book& book;
  contracts::Contracts& contracts;
  contracts::RulePacks& rule_packs;
  const Judge& judge;
  // Heard on its days in the place of the versions of its pack that were applied; null: these.
  // Always there for a replay.
  std::shared_ptr<const rules::CompiledPack> pack;
  absl::Time now;
};

// See OperatorService.PreviewRules. REQUIRES: the numbers of the request are in their ranges.
absl::StatusOr<v1::PreviewRulesResponse> PreviewRules(const RulesOutlook& outlook,
                                                      const v1::PreviewRulesRequest& request);

// See OperatorService.ReplayRules. REQUIRES: as above.
absl::StatusOr<v1::ReplayRulesResponse> ReplayRules(const RulesOutlook& outlook,
                                                    const v1::ReplayRulesRequest& request);

}  // namespace switchboard::permits

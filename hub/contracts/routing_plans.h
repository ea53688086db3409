#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hub/base/mutex.h"
#include "hub/contracts/contracts.h"
#include "hub/routing/router.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/routing_plan.pb.h"

namespace switchboard::contracts {

// A routing plan as it was applied.
struct AppliedPlan {
  int64_t version = 0;
  std::string plan_id;
  std::string yaml;
  std::string actor;
  absl::Time apply_time;
};

// Routing plans by version; the newest is in force. Owns the table routing_plan. Thread-safe.
class RoutingPlans {
 public:
  explicit RoutingPlans(Contracts& contracts) : contracts_(contracts) {}

  // Puts a checked plan in force. True unless the one in force means the same.
  absl::StatusOr<bool> Apply(storage::Transaction& transaction, std::string_view actor,
                             const v1::RoutingPlan& plan, std::string_view yaml) const;

  // The plan in force. NOT_FOUND, NO_PLAN when there is none.
  absl::StatusOr<AppliedPlan> Newest(storage::Connection& connection) const;
  // `plan`: that of the text. Reads versions from the newest one back until one says the same.
  absl::StatusOr<FileVerdict> JudgeFile(storage::Connection& connection,
                                        const v1::RoutingPlan& plan, std::string_view yaml) const;

  // What of the plan in force the contracts do not cover that will be in force as of `now`:
  // contracts change under a plan. PLAN_INVALID with the place in the plan's text, one a segment,
  // at most 20; nothing without a plan.
  absl::StatusOr<std::vector<absl::Status>> Uncovered(storage::Connection& connection,
                                                      absl::Time now) const;

  // A router over the plan in force, the contracts in force at `now` and the vendors that are not
  // stopped; nullptr when there is no plan. Kept until one of them changes.
  absl::StatusOr<std::shared_ptr<const routing::Router>> RouterAt(storage::Connection& connection,
                                                                  absl::Time now);

  // A router over another plan and the same vendors, for what-if.
  absl::StatusOr<std::shared_ptr<const routing::Router>> RouterFor(storage::Connection& connection,
                                                                   const v1::RoutingPlan& plan,
                                                                   absl::Time now);

 private:
  struct Eligible;
  absl::StatusOr<Eligible> EligibleAt(storage::Connection& connection, absl::Time now);

  Contracts& contracts_;
  Mutex mutex_;
  std::string key_ SWITCHBOARD_GUARDED_BY(mutex_);  // versions the router was made of
  std::shared_ptr<const routing::Router> router_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard::contracts

#pragma once

#include <memory>
#include <string>

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

  // Puts a checked plan in force. True if it was not already.
  absl::StatusOr<bool> Apply(storage::Transaction& transaction, std::string_view actor,
                             const v1::RoutingPlan& plan, std::string_view yaml) const;

  // The plan in force. NOT_FOUND, NO_PLAN when there is none.
  absl::StatusOr<AppliedPlan> Newest(storage::Connection& connection) const;
  absl::StatusOr<FileVerdict> JudgeFile(storage::Connection& connection,
                                        std::string_view yaml) const;

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

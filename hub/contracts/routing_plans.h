#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hub/base/mutex.h"
#include "hub/contracts/contracts.h"
#include "hub/contracts/released_version.h"
#include "hub/contracts/version_days.h"
#include "hub/routing/router.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/routing_plan.pb.h"

namespace switchboard::contracts {

// A version of the routing plan, without its text.
struct PlanVersion {
  VersionDays days;  // a plan has no last day
  std::string plan_id;
  ReleaseRecord release;
};

// A routing plan as it was released.
struct ReleasedPlan {
  PlanVersion version;
  std::string yaml;
};

// Routing plans by version, whatever their ids: they replace one another. A version does from its
// first day on, in UTC. Owns the table routing_plan. Thread-safe.
class RoutingPlans {
 public:
  explicit RoutingPlans(Contracts& contracts) : contracts_(contracts) {}

  // Adds a checked plan as a version. One that means the same as the newest changes nothing.
  absl::StatusOr<ReleasedVersion> Release(storage::Transaction& transaction, const ReleasedBy& by,
                                          const v1::RoutingPlan& plan, std::string_view yaml) const;
  // Whether the newest version means the same. `plan`: that of the text.
  absl::StatusOr<bool> Stands(storage::Connection& connection, const v1::RoutingPlan& plan,
                              std::string_view yaml) const;

  // The version in force on the day of `now`: the newest of those that have begun. NOT_FOUND,
  // NO_PLAN when there is none; DATA_LOSS, TEXT_ALTERED.
  absl::StatusOr<ReleasedPlan> At(storage::Connection& connection, absl::Time now) const;
  // One version. NOT_FOUND, NO_PLAN; DATA_LOSS, TEXT_ALTERED.
  absl::StatusOr<ReleasedPlan> FindVersion(storage::Connection& connection, int64_t version) const;
  // Every version, oldest first; empty without any.
  absl::StatusOr<std::vector<PlanVersion>> Versions(storage::Connection& connection) const;
  // `plan`: that of the text. Reads versions from the newest one back until one says the same.
  absl::StatusOr<FileVerdict> JudgeFile(storage::Connection& connection,
                                        const v1::RoutingPlan& plan, std::string_view yaml) const;

  // What the contracts that will be in force as of `now` do not cover of the plan that is in force
  // at `now`, and of those that begin later: contracts change under a plan. `instead`: a contract
  // in the place of its vendor's; nullptr: none. PLAN_INVALID with the place in the plan's text,
  // one a segment, at most 20; nothing without a plan;
  // of a plan whose text cannot be used TEXT_ALTERED or TEXT_NOT_TAKEN in their place.
  absl::StatusOr<std::vector<absl::Status>> Uncovered(storage::Connection& connection,
                                                      absl::Time now,
                                                      const v1::Contract* instead) const;

  // A router over the plan in force, the contracts in force at `now` and the vendors that are not
  // stopped; nullptr when no plan is. Kept until one of them changes. DATA_LOSS, TEXT_ALTERED.
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

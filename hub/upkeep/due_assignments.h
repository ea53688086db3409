#pragma once

#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/contracts/routing_plans.h"
#include "hub/assignments/assignments.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"

namespace switchboard::upkeep {

// What comes due by time alone: placements and permits whose time is up, and recalls that become
// final.
class DueAssignments {
 public:
  DueAssignments(const book::Book& book, contracts::Contracts& contracts, contracts::RoutingPlans& plans,
          storage::Sealer& sealer, IdMint& ids)
      : book_(book), contracts_(contracts), plans_(plans), sealer_(sealer), ids_(ids) {}

  // Withdraws what is due at the transaction's time, at most `limit`, places accounts again where
  // the recall says so, and writes down which permits' time is up. How many were withdrawn; call
  // again while it equals `limit`.
  absl::StatusOr<int> Run(storage::Transaction& transaction, int limit) const;

  // True if there is anything for Run to do. Cheap; for a reading connection.
  absl::StatusOr<bool> Any(storage::Connection& connection, absl::Time now) const;

  // Makes a pending recall final now. See OperatorService.DecideRecall.
  absl::Status Finalize(storage::Transaction& transaction, std::string_view actor,
                        const assignments::Assignment& assignment) const;

 private:
  absl::Status End(storage::Transaction& transaction, assignments::Changes& changes,
                   std::string_view actor, const assignments::Assignment& assignment, bool recalled) const;

  const book::Book& book_;
  contracts::Contracts& contracts_;
  contracts::RoutingPlans& plans_;
  storage::Sealer& sealer_;
  IdMint& ids_;
};

}  // namespace switchboard::upkeep

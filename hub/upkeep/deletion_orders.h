#pragma once

#include <string>
#include <vector>

#include "hub/base/ids.h"
#include "hub/contracts/contracts.h"
#include "hub/deletions/opening.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Opens orders to delete what vendors were shown of work that has ended (deletions/opening.h), and
// waits for no word of those that retired. In a restored database it opens none until an operator
// resumes it (retention/pause.h).
class DeletionOrders final : public Duty {
 public:
  // `gather_most`: as deletions::kGatherMost. The others outlive it.
  DeletionOrders(contracts::Contracts& contracts, IdMint& ids, absl::Duration gather_most)
      : contracts_(contracts), ids_(ids), gather_most_(gather_most) {}

  std::string name() const override { return "deletion orders"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
  bool Done() override { return true; }

 private:
  contracts::Contracts& contracts_;
  IdMint& ids_;
  const absl::Duration gather_most_;
  deletions::Position position_;
  std::vector<deletions::ToOrder> found_;
};

}  // namespace switchboard::upkeep

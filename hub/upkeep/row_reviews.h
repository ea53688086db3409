#pragma once

#include <string>

#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/storage/sealer.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Shows rows anew that time alone changes: a person's age band, on the person's own birthday or, if
// the contract hides that, as its month begins.
class RowReviews final : public Duty {
 public:
  RowReviews(const book::Book& book, contracts::Contracts& contracts, storage::Sealer& sealer,
             IdMint& ids)
      : book_(book), contracts_(contracts), sealer_(sealer), ids_(ids) {}

  std::string name() const override { return "row reviews"; }
  absl::Duration interval() const override { return absl::Seconds(10); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
  bool Done() override { return true; }

 private:
  absl::StatusOr<int64_t> NextReview(storage::Transaction& transaction,
                                     const std::string& person_id, const std::string& vendor_id,
                                     v1::WorkType work_type) const;

  const book::Book& book_;
  contracts::Contracts& contracts_;
  storage::Sealer& sealer_;
  IdMint& ids_;
};

}  // namespace switchboard::upkeep

#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/ingest/hand_over.h"
#include "hub/promises/promises.h"
#include "hub/upkeep/duty.h"
#include "switchboard/v1/config.pb.h"

namespace switchboard::upkeep {

// Promises whose time is up are judged anew, and so are those for which money has arrived that was
// booked ahead. Where a plan is broken, the work that was there when it broke goes where the policy
// says.
class PromiseEnds final : public Duty {
 public:
  // What it works with. All outlive it.
  struct Parts {
    const promises::Promises& promises;
    const book::Book& book;
    contracts::Contracts& contracts;
    const ingest::HandOvers& hand_overs;
    storage::Sealer& sealer;
    IdMint& ids;
  };
  PromiseEnds(const Parts& parts, v1::Config::PromisePolicy policy)
      : parts_(parts), policy_(std::move(policy)) {}

  std::string name() const override { return "promise ends"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
  bool Done() override { return true; }

 private:
  // `broken_plans`: as Reviewed has them.
  absl::Status ActOnBroken(storage::Transaction& transaction,
                           const std::map<std::string, int64_t>& broken_plans) const;
  absl::Status Recall(storage::Transaction& transaction, const std::string& person_id,
                      const std::string& account_id, int64_t break_us) const;

  const Parts parts_;
  const v1::Config::PromisePolicy policy_;
};

}  // namespace switchboard::upkeep

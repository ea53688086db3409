#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/base/field_problem.h"
#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/contracts/routing_plans.h"
#include "hub/ingest/placer.h"
#include "hub/storage/sealer.h"
#include "switchboard/v1/core_service.pb.h"

namespace switchboard::ingest {

// An account record as it came off the wire, parsed, checked and sealed before it reaches the
// writer's thread.
struct ReceivedRecord {
  book::SealedRecord sealed;  // boxes are empty when there is a problem
  std::string bytes;
  std::optional<FieldProblem> problem;

  const v1::AccountRecord& record() const { return sealed.record; }
};

// Accepts or refuses what the core hands over, and places it. Thread-safe apart from transactions
// passed in.
class AccountIntake {
 public:
  AccountIntake(const book::Book& book, contracts::Contracts& contracts, contracts::RoutingPlans& plans,
                storage::Sealer& sealer, IdMint& ids)
      : book_(book), contracts_(contracts), plans_(plans), sealer_(sealer), ids_(ids) {}

  ReceivedRecord Receive(std::string bytes) const;

  // Takes a batch in the unit's transaction; see CoreService.ImportAccounts. Only storage errors
  // fail it.
  absl::StatusOr<v1::ImportAccountsResponse> Take(
      storage::Transaction& transaction, std::string_view actor, std::string_view source,
      const std::vector<ReceivedRecord>& received) const;

 private:
  struct Batch;
  absl::Status HoldBatch(storage::Transaction& transaction,
                         const std::vector<ReceivedRecord>& received) const;
  absl::Status LookUp(Batch& batch, const std::vector<ReceivedRecord>& received) const;
  absl::Status TakeOne(Batch& batch, int index, const ReceivedRecord& received) const;
  absl::StatusOr<v1::ImportAccountsResponse::Status> StatusOfKnown(
      Batch& batch, const ReceivedRecord& received,
      const std::optional<book::KnownAccount>& known) const;
  bool Enter(Batch& batch, const ReceivedRecord& received) const;
  absl::Status LiftPaymentStop(Batch& batch, const std::string& account_id) const;
  absl::Status Accept(Batch& batch, int index, const ReceivedRecord& received,
                      const std::optional<book::KnownAccount>& known) const;

  const book::Book& book_;
  contracts::Contracts& contracts_;
  contracts::RoutingPlans& plans_;
  storage::Sealer& sealer_;
  IdMint& ids_;
};

}  // namespace switchboard::ingest

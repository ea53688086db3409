#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/base/ids.h"
#include "hub/assignments/assignments.h"
#include "hub/outcomes/outcome_check.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::outcomes {

// Records what vendors report and hands it to the core: once each, in a dense order (I2). Owns the
// tables outcome and core_cursor. Thread-safe apart from the transactions and connections passed
// in.
class Outcomes {
 public:
  Outcomes(storage::Sealer& sealer, IdMint& ids) : sealer_(sealer), ids_(ids) {}

  // Records a batch in the unit's transaction; one receipt each, in order. What is refused is
  // quarantined. Dispositions that end contact place a stop in the same unit. Only storage errors
  // fail the call.
  absl::StatusOr<v1::ReportOutcomesResponse> Report(
      storage::Transaction& transaction, std::string_view vendor_id,
      const std::vector<ReceivedOutcome>& received) const;

  // What follows `after`, in order, at most `max_outcomes`, with the newest sequence.
  // INVALID_ARGUMENT, CURSOR_INVALID when `after` is negative or beyond the newest.
  absl::StatusOr<v1::ReadOutcomesResponse> Read(storage::Connection& connection, int64_t after,
                                                int max_outcomes) const;

  // True if confirming up to `after` is news.
  absl::StatusOr<bool> NeedsConfirming(storage::Connection& connection, std::string_view core,
                                       int64_t after) const;
  // The core has safely kept everything up to `after`. Never goes back.
  absl::Status Confirm(storage::Transaction& transaction, std::string_view core,
                       int64_t after) const;

 private:
  struct Batch;
  absl::Status Gather(Batch& batch) const;
  absl::Status ReadAssignments(Batch& batch) const;
  absl::Status Take(Batch& batch, const ReceivedOutcome& received) const;
  bool KnownBefore(const Batch& batch, const ReceivedOutcome& received,
                   v1::ReportOutcomesResponse::Receipt& receipt) const;
  absl::Status Refuse(Batch& batch, const ReceivedOutcome& received,
                      v1::ReportOutcomesResponse::Receipt& receipt) const;
  absl::Status Accept(Batch& batch, const ReceivedOutcome& received,
                      const assignments::Assignment& assignment) const;
  int64_t MarksOf(Batch& batch, const v1::Outcome& outcome,
                  const assignments::Assignment& assignment) const;
  absl::Status UsePermits(Batch& batch) const;
  absl::StatusOr<std::optional<assignments::Assignment>> Corrected(Batch& batch,
                                                            const v1::Outcome& outcome) const;

  storage::Sealer& sealer_;
  IdMint& ids_;
};

}  // namespace switchboard::outcomes

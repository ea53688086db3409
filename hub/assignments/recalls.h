#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/assignments/assignments.h"
#include "hub/contracts/contracts.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

// Two-step recall: announced (pending), perhaps objected to, then final or cancelled. While it is
// pending the assignment stays live and may be worked.

namespace switchboard::assignments {

// The assignment with its person held, or nothing if there is none of this id.
absl::StatusOr<std::optional<Assignment>> HoldAssignment(storage::Transaction& transaction,
                                                         std::string_view assignment_id);

// Why assignments are recalled, and whether their accounts are placed anew when that is final.
struct Announcement {
  v1::RecallReason reason = v1::RECALL_REASON_UNSPECIFIED;
  bool place_again = false;
};

// Announces recalls, each final after the pending period of its vendor's contract, or of the newest
// one of the vendor's whose text can be used, or after three days where none can: none fails for a
// text. Counts them in `response`; ids that name no live assignment are named there. A pending
// recall keeps its first final time.
absl::Status AnnounceRecalls(storage::Transaction& transaction, Changes& changes,
                             contracts::Contracts& contracts,
                             const std::vector<std::string>& assignment_ids,
                             const Announcement& announcement,
                             v1::RecallAssignmentsResponse* response);

// The vendor's objection, once; moves the final time by the contract's extension. The final time as
// it then stands. Errors as VendorService.ObjectToRecall.
absl::StatusOr<absl::Time> ObjectToRecall(storage::Transaction& transaction, Changes& changes,
                                          const contracts::CompiledContract& contract,
                                          const v1::ObjectToRecallRequest& request);

// The vendor keeps the assignment. FAILED_PRECONDITION, NO_PENDING_RECALL.
absl::Status CancelRecall(Changes& changes, Assignment assignment);

// FAILED_PRECONDITION, NO_PENDING_RECALL.
absl::Status NoPendingRecall();
// NOT_FOUND, ASSIGNMENT_UNKNOWN: also what a vendor hears of an assignment that is not its own
// (I7).
absl::Status AssignmentUnknown();

}  // namespace switchboard::assignments

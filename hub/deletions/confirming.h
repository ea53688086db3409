#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "hub/deletions/deletion_book.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/deletion.pb.h"

// How orders to delete end: by their vendor's signed word, or by an operator who waits no longer.

namespace switchboard::deletions {

// The largest statement that is read.
inline constexpr size_t kStatementBytesMax = 4096;

// The statement of a request of this vendor, as far as it can be judged by itself.
// INVALID_ARGUMENT, FIELD_INVALID.
absl::StatusOr<v1::DeletionStatement> ReadStatement(std::string_view vendor_id,
                                                    const v1::ConfirmDeletionRequest& request);

// What became of a confirmation. A refusal is written down, so that the unit succeeds with it.
struct Confirmed {
  v1::DeletionOrder order{};
  absl::Status refusal{};  // to be answered with; OK: it was taken
};

// Confirms an order; repeated by the same statement it says the same. `statement` is the request's,
// its signature verified. An order that was waived stays waived. Errors, without a trace:
// NOT_FOUND, DELETION_ORDER_UNKNOWN, of another vendor's too; FIELD_INVALID: delete_time lies
// before the end of the work, or ahead; DELETION_CONFIRMED. Refusals: DELETION_DIFFERS.
absl::StatusOr<Confirmed> Confirm(storage::Transaction& transaction, std::string_view vendor_id,
                                  const v1::ConfirmDeletionRequest& request,
                                  const v1::DeletionStatement& statement);

// A confirmation whose signature does not stand: counted and written down under the order that it
// names, if that is the vendor's own and open. `why`: the refusal.
absl::Status NoteRefused(storage::Transaction& transaction, std::string_view vendor_id,
                         std::string_view order_id, const absl::Status& why);

// Waits no longer for the vendor's word. Waived twice is OK. NOT_FOUND, DELETION_ORDER_UNKNOWN;
// FAILED_PRECONDITION, DELETION_ORDER_NOT_OPEN: it was confirmed.
absl::Status Waive(storage::Transaction& transaction, std::string_view actor,
                   std::string_view order_id, std::string_view reason);
// The same of all of a vendor's that are open, at most `limit`; how many.
absl::StatusOr<int64_t> WaiveAll(storage::Transaction& transaction, std::string_view actor,
                                 std::string_view vendor_id, std::string_view reason, int limit);

// A legal hold lets vendors keep theirs of these persons. Open orders that name work of theirs are
// waived, so that no vendor finds them open any more; what these name besides comes into new ones
// at once, and what is kept once no hold keeps it. How many orders. REQUIRES: legal holds are held
// alone.
absl::StatusOr<int64_t> TakeBack(storage::Transaction& transaction,
                                 const std::vector<std::string>& person_ids);

// NOT_FOUND, DELETION_ORDER_UNKNOWN.
absl::Status OrderUnknown();

}  // namespace switchboard::deletions

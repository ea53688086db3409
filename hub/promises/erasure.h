#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hub/assignments/erasure.h"
#include "hub/storage/transaction.h"

// Erases what retention says of the tables promise and payment.

namespace switchboard::promises {

// Of each assignment whether it is still needed. Either something that was told of a promise made
// in it, or of the hand-over by which it began, waits for a core; or such a promise is not over: it
// is open, it is a plan that waits for head office and the time of its last instalment is not up,
// or it is a broken plan about which nothing was done yet.
absl::StatusOr<std::vector<bool>> StillNeeded(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments);
// Of each whether a promise made in it is not over, whatever waits for a core.
absl::StatusOr<std::vector<bool>> HaveOpenPromises(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments);
// The first inside a unit, which also sees what the group is about to tell. What is false stays so
// until the unit ends.
absl::StatusOr<std::vector<bool>> StillNeeded(
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments);

// Erases the promises that were made in these assignments, with what was told of them. Where one of
// them had taken the place of another, that stays replaced. Payments of `until_us` and before go
// with the last promise on their account, where somebody else has that by now those that were
// booked before the work had ended. How many promises of each. REQUIRES: none is still
// needed.
absl::StatusOr<std::vector<int64_t>> ErasePromises(
    storage::Transaction& transaction, const std::vector<assignments::EndedAssignment>& assignments,
    int64_t until_us);

// Erases what was paid on these accounts, which are erased; where a promise of a former owner's is
// left, that goes with it.
absl::Status ErasePayments(storage::Transaction& transaction,
                           const std::vector<std::string>& account_ids);
// Those of these events that told of a payment that is kept, with its account.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> PaidBy(
    storage::Connection& connection, const std::vector<std::string>& event_ids);
// Erases what these events told of, as far as no promise may be judged by it.
absl::Status EraseUnusedPayments(storage::Transaction& transaction,
                                 const std::vector<std::string>& event_ids);

}  // namespace switchboard::promises

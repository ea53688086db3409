#pragma once

#include <cstdint>
#include <vector>

#include "hub/assignments/erasure.h"
#include "hub/storage/transaction.h"

// Erases what retention says of the table outcome. Nothing goes before every core that ever
// confirmed outcomes has confirmed it (I2).

namespace switchboard::outcomes {

// Up to where every core that ever confirmed outcomes has; 0 while none has.
absl::StatusOr<int64_t> ConfirmedByAll(storage::Connection& connection);

// Of each assignment whether an outcome of it waits for a core.
absl::StatusOr<std::vector<bool>> WaitForCore(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments);
// The same inside a unit, which also sees what the group is about to write. What is false stays
// so until the unit ends. REQUIRES: the assignments' persons are held.
absl::StatusOr<std::vector<bool>> WaitForCore(
    storage::Transaction& transaction, const std::vector<assignments::EndedAssignment>& assignments);

// Highest sequence that was erased, 0 while none was.
absl::StatusOr<int64_t> ErasedThrough(storage::Connection& connection);

// Erases all outcomes of these assignments; how many of each. REQUIRES: none waits for a core.
absl::StatusOr<std::vector<int64_t>> EraseOutcomes(
    storage::Transaction& transaction, const std::vector<assignments::EndedAssignment>& assignments);

}  // namespace switchboard::outcomes

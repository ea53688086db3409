#pragma once

#include <cstdint>
#include <vector>

#include "hub/assignments/erasure.h"
#include "hub/storage/transaction.h"

// Erases what retention says of the table outcome, and what hangs on it. Nothing goes before every
// reader of the core feed has confirmed it (I2).

namespace switchboard::outcomes {

// Of each assignment whether an outcome of it waits for a core.
absl::StatusOr<std::vector<bool>> WaitForCore(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments);
// The same of a reader of the core feed that has confirmed up to `confirmed`.
absl::StatusOr<std::vector<bool>> WaitForCore(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments,
    int64_t confirmed);
// The first inside a unit, which also sees what the group is about to write. What is false stays
// so until the unit ends. REQUIRES: the assignments' persons are held.
absl::StatusOr<std::vector<bool>> WaitForCore(
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments);

// Erases all outcomes of these assignments, with their items in the core feed; how many of each.
// REQUIRES: none waits for a core.
absl::StatusOr<std::vector<int64_t>> EraseOutcomes(
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments);

}  // namespace switchboard::outcomes

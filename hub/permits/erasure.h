#pragma once

#include <cstdint>
#include <vector>

#include "hub/assignments/erasure.h"
#include "hub/storage/transaction.h"

// Erases what retention says of the table permit.

namespace switchboard::permits {

// Erases all permits of these assignments; how many of each.
absl::StatusOr<std::vector<int64_t>> ErasePermits(
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments);

}  // namespace switchboard::permits

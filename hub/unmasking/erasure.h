#pragma once

#include <cstdint>
#include <vector>

#include "hub/assignments/erasure.h"
#include "hub/storage/transaction.h"

// Erases what retention says of the table unmasking.

namespace switchboard::unmasking {

// Erases what was asked for about these assignments; how many in all.
absl::StatusOr<int64_t> EraseUnmaskings(
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments);

}  // namespace switchboard::unmasking

#pragma once

#include <cstdint>
#include <string_view>

#include "hub/storage/transaction.h"

// Dense sequences that every lane and hub shares, one row each. Owns the table counter.

namespace switchboard::storage {

// Takes the next `count` numbers of a sequence; the one before the first of them. The row stays
// locked until the commit: for ClosingWork only.
absl::StatusOr<int64_t> TakeNumbers(Transaction& transaction, std::string_view name, int64_t count);

// The next one. The same for who closes a group himself.
absl::StatusOr<int64_t> TakeNumber(Connection& connection, std::string_view name);

// Raises a number to `to` if it is lower. The row stays locked until the commit.
absl::Status RaiseNumber(Transaction& transaction, std::string_view name, int64_t to);

// The newest number, 0 when there is none.
absl::StatusOr<int64_t> NewestNumber(Connection& connection, std::string_view name);

}  // namespace switchboard::storage

#pragma once

#include <cstdint>

#include "hub/storage/transaction.h"

// Erases what retention says of the table disclosure.

namespace switchboard::feed {

// Disclosures go from the oldest on: of the `limit` oldest, those not younger than `until_us`.
absl::StatusOr<bool> AnyOldDisclosures(storage::Connection& connection, int64_t until_us,
                                       int limit);
struct ErasedDisclosures {
  int64_t count = 0;
  int64_t last_sequence = 0;
};
absl::StatusOr<ErasedDisclosures> EraseDisclosures(storage::Transaction& transaction,
                                                   int64_t until_us, int limit);

}  // namespace switchboard::feed

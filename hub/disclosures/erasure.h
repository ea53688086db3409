#pragma once

#include <cstdint>

#include "hub/storage/transaction.h"

// Erases what retention says of the tables disclosure, acknowledgement and disclosed_answer.

namespace switchboard::disclosures {

// Pages of feeds go from the oldest on: of the `limit` oldest, those not younger than `until_us`.
// Behind the last of them go acknowledgements as old.
absl::StatusOr<bool> AnyOldDisclosures(storage::Connection& connection, int64_t until_us,
                                       int limit);
struct ErasedDisclosures {
  int64_t count = 0;
  int64_t last_sequence = 0;
};
absl::StatusOr<ErasedDisclosures> EraseDisclosures(storage::Transaction& transaction,
                                                   int64_t until_us, int limit);

// Answers not younger than `until_us`, but those about whom `kept` names, ids of persons; at most
// `limit`, and how many.
absl::StatusOr<bool> AnyOldAnswers(storage::Connection& connection, int64_t until_us,
                                   const storage::Rows& kept);
absl::StatusOr<int64_t> EraseAnswers(storage::Transaction& transaction, int64_t until_us, int limit,
                                     const storage::Rows& kept);

}  // namespace switchboard::disclosures

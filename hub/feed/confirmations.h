#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "hub/storage/transaction.h"

// How long vendors take to confirm that work was taken back for a payment, a closure or a stop:
// from the withdrawal until they acknowledge it in their feed. For reports; who is stopped is
// stopped at once, confirmed or not (I5). Owns the table confirmation.

namespace switchboard::feed {

// A vendor acknowledged its feed behind `after` through `through`.
absl::Status CountConfirmations(storage::Transaction& transaction, std::string_view vendor_id,
                                int64_t after, int64_t through);

// Withdrawals that were confirmed within a bound, and no sooner one.
struct ConfirmationLine {
  std::string vendor_id;
  int64_t within_ms = 0;  // 0: beyond all bounds
  int64_t count = 0;
};
// Of these days (UTC), both included, by vendor, growing. `vendor_id`: empty for all.
absl::StatusOr<std::vector<ConfirmationLine>> ReadConfirmations(storage::Connection& reader,
                                                                std::string_view vendor_id,
                                                                absl::CivilDay from,
                                                                absl::CivilDay through);

// Erases what is older than `first_kept`.
absl::Status EraseConfirmations(storage::Transaction& transaction, absl::CivilDay first_kept);

}  // namespace switchboard::feed

#pragma once

#include <string_view>

#include "hub/assignments/assignments.h"
#include "hub/stops/stops.h"
#include "hub/storage/transaction.h"

// Ends work: an assignment leaves the vendor's hands and its open permits become void, in one unit
// (I5).

namespace switchboard::permits {

struct Withdrawn {
  int64_t assignments = 0;
  int64_t voided_permits = 0;
};

// One assignment. REQUIRES: it is live.
absl::Status Withdraw(storage::Transaction& transaction, assignments::Changes& changes,
                      std::string_view actor, const assignments::Assignment& assignment,
                      v1::WithdrawReason reason, Withdrawn* withdrawn);

// Every live assignment of a person, or of one account of that person if `account_id` is not empty.
// Voids all open permits of the person or account, also those of assignments that ended before.
absl::Status WithdrawAll(storage::Transaction& transaction, assignments::Changes& changes,
                         std::string_view actor, std::string_view person_id,
                         std::string_view account_id, v1::WithdrawReason reason,
                         Withdrawn* withdrawn);

// The same when a stop comes to lie on them; one that lets the vendors keep the work only voids the
// permits.
absl::Status StopWork(storage::Transaction& transaction, assignments::Changes& changes,
                      std::string_view actor, std::string_view person_id,
                      std::string_view account_id, const stops::StopTerms& stop,
                      Withdrawn* withdrawn);

}  // namespace switchboard::permits

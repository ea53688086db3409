#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/assignments/assignments.h"
#include "hub/book/book.h"
#include "hub/permits/withdrawal.h"
#include "hub/stops/stops.h"
#include "hub/storage/transaction.h"

// What is said of somebody after an account came under another person id: the word of a lawyer, or
// that a number is wrong. It holds as it would have, had it come before (I13).

namespace switchboard::permits {

// An account that was a person's, and whose it is now.
struct MovedAccount {
  std::string account_id;
  std::string owner_id;
};

// Accounts that vendors have held as this person's and that are somebody else's by now, by id, as
// far as these assignments are not erased. Holds their owners. REQUIRES: the person is held.
absl::StatusOr<std::vector<MovedAccount>> HoldMovedAccounts(storage::Transaction& transaction,
                                                            const book::Book& book,
                                                            std::string_view person_id);

// A stop was placed on a person. What lies on the person comes to lie on those accounts too, under
// the same ids, and what `stop` does to work it does to theirs. REQUIRES: the person is held.
absl::Status StopMovedAccounts(storage::Transaction& transaction, assignments::Changes& changes,
                               const book::Book& book, std::string_view actor,
                               std::string_view person_id, const stops::StopTerms& stop,
                               Withdrawn* withdrawn);

}  // namespace switchboard::permits

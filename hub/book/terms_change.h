#pragma once

#include <cstdint>

#include "hub/storage/transaction.h"

// When what vendors may hold was changed by somebody: a contract applied or ended, a vendor stopped
// or let go on, a vendor made. Who has looked at every vendor needs to look again only once the
// number is another one, or the day: contracts begin and end by days. That a vendor's stop ends by
// itself changes no number.

namespace switchboard::book {

// With the commit, at the end of its group.
void NoteTermsChange(storage::Transaction& transaction);

// Grows with every commit that noted a change. Read it before what it stands for: what changes in
// between is then seen twice instead of never.
absl::StatusOr<int64_t> TermsChanges(storage::Connection& connection);

}  // namespace switchboard::book

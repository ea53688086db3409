#pragma once

#include "hub/book/book.h"
#include "hub/assignments/assignments.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::outcomes {

// True if ApplyConsequences has anything to do.
bool HasConsequences(const v1::Outcome& outcome);

// True if the outcome places a stop under an id that was used before, by an outcome that is erased
// since: the vendor has given its own id twice.
absl::StatusOr<bool> StopIdTaken(storage::Connection& connection,
                                 const assignments::Assignment& assignment, const v1::Outcome& outcome);

// What an outcome sets off at once: dispositions that end contact place a stop, withdraw the work
// and void open permits, without waiting for the core. The stop's id is
// "outcome:<vendor_id>:<outcome_id>", with "/<version>" behind it for a correction, which first
// lifts the stop of the version before and then acts anew. A stop on the account ends its work
// whoever owns it by now. `corrected` is what the version before was about; null for a first one.
// REQUIRES: the assignment's person is held, its stop id not taken.
absl::Status ApplyConsequences(storage::Transaction& transaction, assignments::Changes& changes,
                               const book::Book& book, const assignments::Assignment& assignment,
                               const v1::Outcome& outcome, const assignments::Assignment* corrected);

}  // namespace switchboard::outcomes

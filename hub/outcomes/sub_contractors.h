#pragma once

#include "hub/outcomes/marks.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::outcomes {

// Whether an outcome names a sub-contractor's agents for work that was not passed on to it before
// the contact, or for which the contract of that day did not register it; if so it is counted. What
// a permit was given for, the permit has judged. `facts`: its assignment, permit and contract.
absl::StatusOr<bool> TakeSubContractor(storage::Transaction& transaction,
                                       const v1::Outcome& outcome, const OutcomeFacts& facts);

}  // namespace switchboard::outcomes

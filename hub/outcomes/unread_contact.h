#pragma once

#include <string_view>

#include "hub/assignments/assignments.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/outcome.pb.h"

// Contacts under a permit that were reported with a code that has no meaning yet. They happened:
// the ledger has them as what every rule counts until they are recorded.

namespace switchboard::outcomes {

// The outcome, as if it said that somebody was spoken to.
v1::Outcome AsConversation(const v1::Outcome& outcome);

// Tells the audit log that such an outcome counts. `actor`: who reported it.
void RecordUnread(storage::Transaction& transaction, std::string_view actor,
                  const v1::Outcome& outcome, const assignments::Assignment& assignment);

}  // namespace switchboard::outcomes

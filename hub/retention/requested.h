#pragma once

#include <cstdint>

#include "hub/legal_holds/held.h"
#include "hub/retention/eraser.h"
#include "hub/storage/transaction.h"

// What goes sooner than its class says because the person asked for it, and operators agreed.

namespace switchboard::retention {

// The first stage of a sweep, Stage::kRequested. Looks on from `position.after_id`, a request
// after the other, as far as `rows_left` lets it; each is left behind once nothing of it is due.
// What is due is a page of the person's assignments that ended, accounts or the person, to be
// erased as of those stages (`Due::stage`), or of kRequested: the request is done, see
// FinishRequested.
absl::StatusOr<Due> LookAtRequested(storage::Connection& reader, const legal_holds::Held& held,
                                    Position& position, int& rows_left);

// Closes the requests of `due.ids` as far as nothing of their persons is left. REQUIRES: of
// kRequested.
absl::StatusOr<int64_t> FinishRequested(storage::Transaction& transaction, const Due& due);

// Whether there is a request to be carried out, whatever the classes say.
absl::StatusOr<bool> AnyRequested(storage::Connection& reader);

}  // namespace switchboard::retention

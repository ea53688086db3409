#pragma once

#include <optional>

#include "absl/time/time.h"
#include "hub/storage/transaction.h"

// When a sweep through everything came to its end last, whichever hub of the database made it.

namespace switchboard::retention {

// Nothing: none did yet.
absl::StatusOr<std::optional<absl::Time>> Swept(storage::Connection& connection);

// One ended now. With the commit, at the end of its group.
void NoteSwept(storage::Transaction& transaction);

}  // namespace switchboard::retention

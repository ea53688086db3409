#pragma once

#include "hub/storage/transaction.h"

// A database that was restored erases nothing, and orders no vendor to delete anything, until an
// operator says so: legal holds and requests that were placed after the backup are not in it.

namespace switchboard::retention {

absl::StatusOr<bool> Paused(storage::Connection& connection);

absl::Status Pause(storage::Transaction& transaction);

// False if it was not paused.
absl::StatusOr<bool> Resume(storage::Transaction& transaction);

}  // namespace switchboard::retention

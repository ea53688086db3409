#include "hub/retention/pause.h"

#include "hub/base/error.h"
#include "hub/storage/counter.h"

namespace switchboard::retention {
namespace {

// How often it was paused, and up to which of these times it was resumed: numbers only grow.
constexpr char kPaused[] = "retention/paused";
constexpr char kResumed[] = "retention/resumed";

}  // namespace

absl::StatusOr<bool> Paused(storage::Connection& connection) {
  ASSIGN_OR_RETURN(const int64_t paused, storage::NewestNumber(connection, kPaused));
  ASSIGN_OR_RETURN(const int64_t resumed, storage::NewestNumber(connection, kResumed));
  return paused > resumed;
}

absl::Status Pause(storage::Transaction& transaction) {
  return storage::TakeNumbers(transaction, kPaused, 1).status();
}

absl::StatusOr<bool> Resume(storage::Transaction& transaction) {
  ASSIGN_OR_RETURN(const bool paused, Paused(transaction.connection()));
  if (!paused) return false;
  ASSIGN_OR_RETURN(const int64_t count, storage::NewestNumber(transaction.connection(), kPaused));
  RETURN_IF_ERROR(storage::RaiseNumber(transaction, kResumed, count));
  return true;
}

}  // namespace switchboard::retention

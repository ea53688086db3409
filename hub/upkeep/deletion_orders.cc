#include "hub/upkeep/deletion_orders.h"

#include "hub/base/error.h"
#include "hub/deletions/confirming.h"
#include "hub/feed/retired.h"
#include "hub/retention/pause.h"

namespace switchboard::upkeep {

// Holds that let vendors keep theirs may be among what a restored database has lost.
absl::StatusOr<bool> DeletionOrders::Any(storage::Connection& reader, absl::Time now) {
  ASSIGN_OR_RETURN(const bool paused, retention::Paused(reader));
  if (paused) return false;
  ASSIGN_OR_RETURN(found_,
                   deletions::LookForEndedWork(reader, contracts_, gather_most_, now, position_));
  return !found_.empty();
}

absl::Status DeletionOrders::Run(storage::Transaction& transaction) {
  for (const deletions::ToOrder& one : found_) {
    RETURN_IF_ERROR(deletions::OrderDeletion(transaction, contracts_, ids_, one));
    ASSIGN_OR_RETURN(const bool retired, feed::IsRetired(transaction.connection(), one.vendor_id));
    if (!retired) continue;
    // What a legal hold let it keep until now; nobody is there to give a word.
    RETURN_IF_ERROR(deletions::WaiveAll(transaction, "hub", one.vendor_id, "the vendor has retired",
                                        deletions::kItemsMax)
                        .status());
  }
  return absl::OkStatus();
}

}  // namespace switchboard::upkeep

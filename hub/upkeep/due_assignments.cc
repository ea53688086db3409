#include "hub/upkeep/due_assignments.h"

#include <algorithm>
#include <vector>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/ingest/placer.h"
#include "hub/permits/permits.h"
#include "hub/permits/withdrawal.h"

namespace switchboard::upkeep {

absl::StatusOr<int> DueAssignments::Run(storage::Transaction& transaction, int limit) const {
  RETURN_IF_ERROR(permits::ExpirePermits(transaction));
  ASSIGN_OR_RETURN(auto due,
                   assignments::DueAssignments(transaction.connection(), transaction.now_us(), limit));
  std::vector<storage::Key> keys;
  for (const assignments::Assignment& assignment : due) {
    keys.push_back(book::PersonKey(assignment.person_id));
    if (assignment.recall_place_again) keys.push_back(book::PlacementKey());
  }
  RETURN_IF_ERROR(transaction.Hold(keys));
  ASSIGN_OR_RETURN(due,
                   assignments::DueAssignments(transaction.connection(), transaction.now_us(), limit));
  // What came due in between is not held and waits for the next run.
  std::sort(keys.begin(), keys.end());
  std::erase_if(due, [&](const assignments::Assignment& assignment) {
    return !std::binary_search(keys.begin(), keys.end(), book::PersonKey(assignment.person_id));
  });
  assignments::Changes changes(transaction, sealer_, ids_, "hub");
  for (const assignments::Assignment& assignment : due) {
    const bool recalled =
        assignment.recall_pending() && assignment.recall_time_us <= transaction.now_us();
    RETURN_IF_ERROR(End(transaction, changes, "hub", assignment, recalled));
  }
  changes.Flush();
  return static_cast<int>(due.size());
}

absl::StatusOr<bool> DueAssignments::Any(storage::Connection& connection, absl::Time now) const {
  ASSIGN_OR_RETURN(const bool permits, permits::AnyPermitsToExpire(connection, now));
  if (permits) return true;
  ASSIGN_OR_RETURN(const auto due, assignments::DueAssignments(connection, absl::ToUnixMicros(now), 1));
  return !due.empty();
}

absl::Status DueAssignments::Finalize(storage::Transaction& transaction, std::string_view actor,
                               const assignments::Assignment& assignment) const {
  assignments::Changes changes(transaction, sealer_, ids_, std::string(actor));
  RETURN_IF_ERROR(End(transaction, changes, actor, assignment, /*recalled=*/true));
  changes.Flush();
  return absl::OkStatus();
}

absl::Status DueAssignments::End(storage::Transaction& transaction, assignments::Changes& changes,
                          std::string_view actor, const assignments::Assignment& assignment,
                          bool recalled) const {
  using Withdrawal = v1::SyncResponse::Withdrawal;
  permits::Withdrawn withdrawn;
  RETURN_IF_ERROR(permits::Withdraw(
      transaction, changes, actor, assignment,
      recalled ? Withdrawal::REASON_RECALLED : Withdrawal::REASON_EXPIRED, &withdrawn));
  if (!recalled) return absl::OkStatus();
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_RECALL, actor);
  event.set_vendor_id(assignment.vendor_id);
  event.set_account_id(assignment.account_id);
  event.set_assignment_id(assignment.assignment_id);
  event.set_detail("final");
  audit::Record(transaction, std::move(event));
  if (!assignment.recall_place_again) return absl::OkStatus();
  const storage::Key placement = book::PlacementKey();
  RETURN_IF_ERROR(transaction.Hold({&placement, 1}));
  ASSIGN_OR_RETURN(const v1::Person person,
                   book_.ReadPerson(transaction.connection(), assignment.person_id));
  ASSIGN_OR_RETURN(const v1::Account account,
                   book_.ReadAccount(transaction.connection(), assignment.account_id));
  Placer placer(transaction, changes, contracts_, plans_, std::string(actor));
  RETURN_IF_ERROR(placer.Place(person, account).status());
  return placer.Flush();
}

}  // namespace switchboard::upkeep

#include "hub/ingest/due_work.h"

#include <algorithm>
#include <vector>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/ingest/placer.h"
#include "hub/rules/permits.h"
#include "hub/rules/withdrawal.h"

namespace switchboard::ingest {

absl::StatusOr<int> DueWork::Run(storage::Transaction& transaction, int limit) const {
  RETURN_IF_ERROR(rules::ExpirePermits(transaction));
  ASSIGN_OR_RETURN(auto due,
                   feed::DueAssignments(transaction.connection(), transaction.now_us(), limit));
  std::vector<storage::Key> keys;
  for (const feed::Assignment& assignment : due) {
    keys.push_back(book::PersonKey(assignment.person_id));
    if (assignment.recall_place_again) keys.push_back(book::PlacementKey());
  }
  RETURN_IF_ERROR(transaction.Hold(keys));
  ASSIGN_OR_RETURN(due,
                   feed::DueAssignments(transaction.connection(), transaction.now_us(), limit));
  // What came due in between is not held and waits for the next run.
  std::sort(keys.begin(), keys.end());
  std::erase_if(due, [&](const feed::Assignment& assignment) {
    return !std::binary_search(keys.begin(), keys.end(), book::PersonKey(assignment.person_id));
  });
  feed::Changes changes(transaction, sealer_, ids_, "hub");
  for (const feed::Assignment& assignment : due) {
    const bool recalled =
        assignment.recall_pending() && assignment.recall_time_us <= transaction.now_us();
    RETURN_IF_ERROR(End(transaction, changes, "hub", assignment, recalled));
  }
  changes.Flush();
  return static_cast<int>(due.size());
}

absl::StatusOr<bool> DueWork::Any(storage::Connection& connection, absl::Time now) const {
  ASSIGN_OR_RETURN(const bool permits, rules::AnyPermitsToExpire(connection, now));
  if (permits) return true;
  ASSIGN_OR_RETURN(const auto due, feed::DueAssignments(connection, absl::ToUnixMicros(now), 1));
  return !due.empty();
}

absl::Status DueWork::Finalize(storage::Transaction& transaction, std::string_view actor,
                               const feed::Assignment& assignment) const {
  feed::Changes changes(transaction, sealer_, ids_, std::string(actor));
  RETURN_IF_ERROR(End(transaction, changes, actor, assignment, /*recalled=*/true));
  changes.Flush();
  return absl::OkStatus();
}

absl::Status DueWork::End(storage::Transaction& transaction, feed::Changes& changes,
                          std::string_view actor, const feed::Assignment& assignment,
                          bool recalled) const {
  using Withdrawal = v1::SyncResponse::Withdrawal;
  rules::Withdrawn withdrawn;
  RETURN_IF_ERROR(rules::Withdraw(
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

}  // namespace switchboard::ingest

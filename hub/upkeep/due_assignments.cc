#include "hub/upkeep/due_assignments.h"

#include <algorithm>
#include <vector>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/permits/permit_book.h"
#include "hub/permits/withdrawal.h"

namespace switchboard::upkeep {
namespace {

constexpr int kPage = 500;

}  // namespace

absl::Status FinalizeRecall(storage::Transaction& transaction, const book::Book& book,
                            const ingest::Placer::Parts& placer_parts, storage::Sealer& sealer,
                            IdMint& ids, std::string_view actor,
                            const assignments::Assignment& assignment) {
  SWITCHBOARD_ASSERT(assignment.recall_pending() &&
                     transaction.Holds(book::PersonKey(assignment.person_id)));
  assignments::Changes changes(transaction, sealer, ids, std::string(actor));
  permits::Withdrawn withdrawn;
  RETURN_IF_ERROR(permits::Withdraw(transaction, changes, actor, assignment,
                                    v1::WITHDRAW_REASON_RECALLED, &withdrawn));
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_RECALL, actor);
  event.set_vendor_id(assignment.vendor_id);
  event.set_account_id(assignment.account_id);
  event.set_assignment_id(assignment.assignment_id);
  event.mutable_recall()->set_step(v1::AuditEvent::Recall::STEP_FINAL);
  audit::Record(transaction, std::move(event));
  if (!assignment.recall_place_again) return absl::OkStatus();
  const storage::Key placement = book::PlacementKey();
  RETURN_IF_ERROR(transaction.Hold({&placement, 1}));
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const v1::Person person, book.ReadPerson(connection, assignment.person_id));
  ASSIGN_OR_RETURN(const v1::Account account, book.ReadAccount(connection, assignment.account_id));
  ASSIGN_OR_RETURN(const auto known, book.FindAccount(connection, assignment.account_id));
  ingest::Placer placer(transaction, changes, placer_parts, std::string(actor));
  SWITCHBOARD_ASSERT(known.has_value());
  return placer.Place(person, account, *known).status();
}

absl::StatusOr<bool> DueAssignments::Any(storage::Connection& reader, absl::Time now) {
  ASSIGN_OR_RETURN(const bool permits, permits::AnyPermitsToExpire(reader, now));
  if (permits) return true;
  ASSIGN_OR_RETURN(const auto due, assignments::DueAssignments(reader, absl::ToUnixMicros(now), 1));
  return !due.empty();
}

absl::Status DueAssignments::Run(storage::Transaction& transaction) {
  RETURN_IF_ERROR(permits::ExpirePermits(transaction));
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(auto due, assignments::DueAssignments(connection, transaction.now_us(), kPage));
  std::vector<storage::Key> keys;
  for (const assignments::Assignment& assignment : due) {
    keys.push_back(book::PersonKey(assignment.person_id));
    if (assignment.recall_place_again) keys.push_back(book::PlacementKey());
  }
  RETURN_IF_ERROR(transaction.Hold(keys));
  ASSIGN_OR_RETURN(due, assignments::DueAssignments(connection, transaction.now_us(), kPage));
  // What came due in between is not held and waits for the next run.
  std::sort(keys.begin(), keys.end());
  std::erase_if(due, [&](const assignments::Assignment& assignment) {
    return !std::binary_search(keys.begin(), keys.end(), book::PersonKey(assignment.person_id));
  });
  for (const assignments::Assignment& assignment : due) {
    if (assignment.recall_pending() && assignment.recall_time_us <= transaction.now_us()) {
      RETURN_IF_ERROR(
          FinalizeRecall(transaction, book_, placer_parts_, sealer_, ids_, "hub", assignment));
      continue;
    }
    assignments::Changes changes(transaction, sealer_, ids_, "hub");
    permits::Withdrawn withdrawn;
    RETURN_IF_ERROR(permits::Withdraw(transaction, changes, "hub", assignment,
                                      v1::WITHDRAW_REASON_EXPIRED, &withdrawn));
  }
  return absl::OkStatus();
}

}  // namespace switchboard::upkeep

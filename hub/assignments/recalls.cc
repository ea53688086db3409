#include "hub/assignments/recalls.h"

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::assignments {
namespace {

using google::protobuf::util::TimeUtil;

// Of a vendor none of whose texts can be used: that of a contract which names none. What has ended
// cannot be given back, so that an altered text must not end work earlier.
constexpr absl::Duration kPendingPeriod = absl::Hours(3 * 24);

absl::Duration PendingPeriodOf(const contracts::CompiledContract* contract) {
  if (contract == nullptr) return kPendingPeriod;
  return absl::Microseconds(
      TimeUtil::DurationToMicroseconds(contract->contract.recalls().pending_period()));
}

absl::Status Announce(storage::Transaction& transaction, Changes& changes,
                      absl::Duration pending_period, Assignment assignment,
                      const Announcement& announcement) {
  assignment.recall_reason = announcement.reason;
  assignment.recall_time_us = absl::ToUnixMicros(transaction.now() + pending_period);
  assignment.recall_objected = false;
  assignment.recall_place_again = announcement.place_again;
  v1::AuditEvent::Recall step;
  step.set_step(v1::AuditEvent::Recall::STEP_ANNOUNCED);
  step.set_reason(announcement.reason);
  return changes.SetRecall(assignment, step);
}

}  // namespace

absl::StatusOr<std::optional<Assignment>> HoldAssignment(storage::Transaction& transaction,
                                                         std::string_view assignment_id) {
  ASSIGN_OR_RETURN(const auto found, FindAssignment(transaction.connection(), assignment_id));
  if (!found.has_value()) return found;
  const storage::Key person = book::PersonKey(found->person_id);
  RETURN_IF_ERROR(transaction.Hold({&person, 1}));
  return FindAssignment(transaction.connection(), assignment_id);
}

absl::Status NoPendingRecall() {
  return Error(absl::StatusCode::kFailedPrecondition, "NO_PENDING_RECALL",
               "no recall is pending on this assignment");
}

absl::Status AssignmentUnknown() {
  return Error(absl::StatusCode::kNotFound, "ASSIGNMENT_UNKNOWN",
               "assignment_id: no such live assignment");
}

absl::Status AnnounceRecalls(storage::Transaction& transaction, Changes& changes,
                             contracts::Contracts& contracts,
                             const std::vector<std::string>& assignment_ids,
                             const Announcement& announcement,
                             v1::RecallAssignmentsResponse* response) {
  for (const std::string& id : assignment_ids) {
    ASSIGN_OR_RETURN(auto assignment, HoldAssignment(transaction, id));
    if (!assignment.has_value() || !assignment->live) {
      response->add_unknown_ids(id);
      continue;
    }
    if (assignment->recall_pending()) {
      response->set_pending_before(response->pending_before() + 1);
      continue;
    }
    ASSIGN_OR_RETURN(auto contract, contracts.FindAt(transaction.connection(),
                                                     assignment->vendor_id, transaction.now()));
    // Of a vendor whose contract has ended: what was agreed last.
    if (contract == nullptr) {
      ASSIGN_OR_RETURN(contract,
                       contracts.NewestUsable(transaction.connection(), assignment->vendor_id));
    }
    RETURN_IF_ERROR(Announce(transaction, changes, PendingPeriodOf(contract.get()),
                             *std::move(assignment), announcement));
    response->set_announced(response->announced() + 1);
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> ObjectToRecall(storage::Transaction& transaction, Changes& changes,
                                          const contracts::CompiledContract& contract,
                                          const v1::ObjectToRecallRequest& request) {
  ASSIGN_OR_RETURN(auto assignment, HoldAssignment(transaction, request.assignment_id()));
  if (!assignment.has_value() || !assignment->live ||
      assignment->vendor_id != contract.contract.vendor_id()) {
    return AssignmentUnknown();
  }
  if (!assignment->recall_pending()) return NoPendingRecall();
  if (!assignment->recall_objected) {
    assignment->recall_objected = true;
    assignment->recall_time_us +=
        TimeUtil::DurationToMicroseconds(contract.contract.recalls().objection_extension());
    v1::AuditEvent::Recall step;
    step.set_step(v1::AuditEvent::Recall::STEP_OBJECTED);
    step.set_objection(request.reason());
    RETURN_IF_ERROR(changes.SetRecall(*assignment, step));
  }
  return absl::FromUnixMicros(assignment->recall_time_us);
}

absl::Status CancelRecall(Changes& changes, Assignment assignment) {
  if (!assignment.recall_pending()) return NoPendingRecall();
  assignment.recall_reason = v1::RECALL_REASON_UNSPECIFIED;
  assignment.recall_time_us = 0;
  assignment.recall_objected = false;
  assignment.recall_place_again = false;
  v1::AuditEvent::Recall step;
  step.set_step(v1::AuditEvent::Recall::STEP_CANCELLED);
  return changes.SetRecall(assignment, step);
}

}  // namespace switchboard::assignments

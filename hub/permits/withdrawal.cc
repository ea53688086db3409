#include "hub/permits/withdrawal.h"

#include "hub/base/error.h"
#include "hub/permits/permit_book.h"

namespace switchboard::permits {
namespace {

VoidCause CauseOf(v1::WithdrawReason reason) {
  switch (reason) {
    case v1::WITHDRAW_REASON_PAID:
    case v1::WITHDRAW_REASON_STOPPED:
    case v1::WITHDRAW_REASON_CLOSED:
      return v1::AuditEvent::PermitVoided::CAUSE_STOP;
    default:
      return v1::AuditEvent::PermitVoided::CAUSE_WITHDRAWN;
  }
}

absl::Status VoidAll(storage::Transaction& transaction, std::string_view actor,
                     std::string_view person_id, std::string_view account_id, VoidCause cause,
                     Withdrawn* withdrawn) {
  PermitFilter filter;
  filter.cause = cause;
  filter.person_id = person_id;
  filter.account_id = account_id;
  ASSIGN_OR_RETURN(const int64_t voided, VoidPermits(transaction, actor, filter));
  withdrawn->voided_permits += voided;
  return absl::OkStatus();
}

}  // namespace

absl::Status Withdraw(storage::Transaction& transaction, assignments::Changes& changes,
                      std::string_view actor, const assignments::Assignment& assignment,
                      v1::WithdrawReason reason, Withdrawn* withdrawn) {
  RETURN_IF_ERROR(changes.Withdraw(assignment, reason));
  PermitFilter filter;
  filter.cause = CauseOf(reason);
  filter.person_id = assignment.person_id;
  filter.assignment_id = assignment.assignment_id;
  ASSIGN_OR_RETURN(const int64_t voided, VoidPermits(transaction, actor, filter));
  ++withdrawn->assignments;
  withdrawn->voided_permits += voided;
  return absl::OkStatus();
}

absl::Status WithdrawAll(storage::Transaction& transaction, assignments::Changes& changes,
                         std::string_view actor, std::string_view person_id,
                         std::string_view account_id, v1::WithdrawReason reason,
                         Withdrawn* withdrawn) {
  ASSIGN_OR_RETURN(const auto assignments,
                   assignments::AssignmentsOfPerson(transaction.connection(), person_id));
  for (const assignments::Assignment& assignment : assignments) {
    if (!assignment.live || (!account_id.empty() && assignment.account_id != account_id)) continue;
    RETURN_IF_ERROR(changes.Withdraw(assignment, reason));
    ++withdrawn->assignments;
  }
  return VoidAll(transaction, actor, person_id, account_id, CauseOf(reason), withdrawn);
}

absl::Status StopWork(storage::Transaction& transaction, assignments::Changes& changes,
                      std::string_view actor, std::string_view person_id,
                      std::string_view account_id, const stops::StopTerms& stop,
                      Withdrawn* withdrawn) {
  if (stop.keep_work) {
    return VoidAll(transaction, actor, person_id, account_id,
                   v1::AuditEvent::PermitVoided::CAUSE_STOP, withdrawn);
  }
  return WithdrawAll(transaction, changes, actor, person_id, account_id,
                     v1::WITHDRAW_REASON_STOPPED, withdrawn);
}

}  // namespace switchboard::permits

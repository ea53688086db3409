#include "hub/outcomes/unread_contact.h"

#include "hub/audit/audit_log.h"

namespace switchboard::outcomes {

v1::Outcome AsConversation(const v1::Outcome& outcome) {
  v1::Outcome counted = outcome;
  counted.mutable_result()->set_connection(v1::CONNECTION_ANSWERED);
  return counted;
}

void RecordUnread(storage::Transaction& transaction, std::string_view actor,
                  const v1::Outcome& outcome, const assignments::Assignment& assignment) {
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
  event.set_vendor_id(assignment.vendor_id);
  event.set_account_id(assignment.account_id);
  event.set_assignment_id(assignment.assignment_id);
  event.set_subject_id(outcome.outcome_id());
  event.set_count(outcome.version());
  event.mutable_occurrence()->set_what(v1::AuditEvent::Occurrence::WHAT_UNREAD_CONTACT);
  event.mutable_occurrence()->set_permit_id(outcome.permit_id());
  audit::Record(transaction, std::move(event));
}

}  // namespace switchboard::outcomes

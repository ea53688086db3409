#include "hub/outcomes/consequences.h"

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/stops/stops.h"
#include "hub/permits/withdrawal.h"

namespace switchboard::outcomes {
namespace {

v1::StopReason StopFor(v1::Disposition disposition) {
  switch (disposition) {
    case v1::DISPOSITION_DISPUTE:
      return v1::STOP_REASON_DISPUTE;
    case v1::DISPOSITION_CEASE_CONTACT:
      return v1::STOP_REASON_CEASE_CONTACT;
    case v1::DISPOSITION_ATTORNEY:
      return v1::STOP_REASON_ATTORNEY;
    case v1::DISPOSITION_DECEASED:
      return v1::STOP_REASON_DEATH;
    case v1::DISPOSITION_BANKRUPTCY:
      return v1::STOP_REASON_BANKRUPTCY;
    default:
      return v1::STOP_REASON_UNSPECIFIED;
  }
}

// No outcome id holds a slash, so none is spelt like another one's correction. Ids of stops are
// used once; a correction that stops again needs one of its own.
std::string StopId(const assignments::Assignment& assignment, const v1::Outcome& outcome,
                   int32_t version) {
  const std::string id = "outcome:" + assignment.vendor_id + ":" + outcome.outcome_id();
  return version == 1 ? id : id + "/" + std::to_string(version);
}

}  // namespace

bool HasConsequences(const v1::Outcome& outcome) {
  return outcome.version() > 1 || StopFor(outcome.disposition()) != v1::STOP_REASON_UNSPECIFIED;
}

absl::StatusOr<bool> StopIdTaken(storage::Connection& connection,
                                 const assignments::Assignment& assignment, const v1::Outcome& outcome) {
  if (StopFor(outcome.disposition()) == v1::STOP_REASON_UNSPECIFIED) return false;
  return stops::StopKnown(connection, StopId(assignment, outcome, outcome.version()));
}

absl::Status ApplyConsequences(storage::Transaction& transaction, assignments::Changes& changes,
                               const book::Book& book, const assignments::Assignment& assignment,
                               const v1::Outcome& outcome, const assignments::Assignment* corrected) {
  const std::string stop_id = StopId(assignment, outcome, outcome.version());
  const std::string actor = "vendor/" + assignment.vendor_id;
  if (corrected != nullptr) {
    const std::string before = StopId(assignment, outcome, outcome.version() - 1);
    ASSIGN_OR_RETURN(const bool lifted,
                     stops::LiftStopOn(transaction, before,
                                       {stops::StopSubject::Person(corrected->person_id),
                                        stops::StopSubject::Account(corrected->account_id)}));
    if (lifted) {
      v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
      event.set_vendor_id(assignment.vendor_id);
      event.set_subject_id(stop_id);
      event.set_detail("lift " + before);
      audit::Record(transaction, std::move(event));
    }
  }
  const v1::StopReason reason = StopFor(outcome.disposition());
  if (reason == v1::STOP_REASON_UNSPECIFIED) return absl::OkStatus();
  // A dispute is about one debt; the others are about the person.
  const bool whole_person = reason != v1::STOP_REASON_DISPUTE;
  const auto subject = whole_person ? stops::StopSubject::Person(assignment.person_id)
                                    : stops::StopSubject::Account(assignment.account_id);
  // The outcome may be late, and the account another person's by now.
  std::string owner = assignment.person_id;
  if (!whole_person) {
    ASSIGN_OR_RETURN(const auto known, book.HoldOwner(transaction, assignment.account_id));
    if (known.has_value()) owner = known->person_id;
  }
  RETURN_IF_ERROR(stops::PlaceStop(transaction, stop_id, subject, reason));
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
  event.set_vendor_id(assignment.vendor_id);
  event.set_subject_id(stop_id);
  event.set_detail("stop " + v1::StopReason_Name(reason));
  if (whole_person) {
    event.set_person_id(assignment.person_id);
  } else {
    event.set_account_id(assignment.account_id);
  }
  audit::Record(transaction, std::move(event));
  permits::Withdrawn withdrawn;
  constexpr auto kReason = v1::SyncResponse::Withdrawal::REASON_STOPPED;
  return permits::WithdrawAll(transaction, changes, actor, owner,
                            whole_person ? "" : assignment.account_id, kReason, &withdrawn);
}

}  // namespace switchboard::outcomes

#include "hub/outcomes/consequences.h"

#include <set>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/permits/moved_accounts.h"
#include "hub/permits/number_stops.h"
#include "hub/permits/withdrawal.h"
#include "hub/stops/stops.h"

namespace switchboard::outcomes {
namespace {

using Occurrence = v1::AuditEvent::Occurrence;
using stops::StopSubject;

// No outcome id holds a slash, so none is spelt like another one's correction. Ids of stops are
// used once; a correction that stops again needs one of its own.
std::string StopId(const assignments::Assignment& assignment, const v1::Outcome& outcome,
                   int32_t version) {
  const std::string id = "outcome:" + assignment.vendor_id + ":" + outcome.outcome_id();
  return version == 1 ? id : id + "/" + std::to_string(version);
}

// One outcome on its way.
struct Applied {
  storage::Transaction& transaction;
  assignments::Changes& changes;
  const book::Book& book;
  const assignments::Assignment& assignment;
  const v1::Outcome& outcome;
  const permits::PermitRow* permit;
  const std::string actor;
  const v1::StopReason reason;
  const std::string stop_id;

  v1::AuditEvent Event(Occurrence::What what) const {
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
    event.set_vendor_id(assignment.vendor_id);
    event.set_subject_id(stop_id);
    event.mutable_occurrence()->set_what(what);
    event.mutable_occurrence()->set_reason(reason);
    return event;
  }
};

// The newest stop of an earlier version that is in force, if any.
absl::StatusOr<std::string> StopOfEarlierVersion(const Applied& applied) {
  for (int32_t version = applied.outcome.version() - 1; version >= 1; --version) {
    const std::string id = StopId(applied.assignment, applied.outcome, version);
    ASSIGN_OR_RETURN(const bool in_force, stops::StopInForce(applied.transaction.connection(), id,
                                                             applied.transaction.now()));
    if (in_force) return id;
  }
  return "";
}

// Where somebody was called or written to.
struct Dialled {
  std::string contact_point_id;
  std::string number_digest;  // empty: not known
};

// By the permit, or without one by the contact point that the vendor names.
absl::StatusOr<Dialled> WhatWasDialled(const Applied& applied) {
  if (const auto* permit = applied.permit; permit != nullptr) {
    if (permit->assignment_id != applied.assignment.assignment_id) return Dialled();
    return Dialled{permit->contact_point_id, permit->number_digest};
  }
  const std::string& point_id = applied.outcome.contact_point_id();
  if (point_id.empty()) return Dialled();
  const auto person =
      applied.book.ReadPerson(applied.transaction.connection(), applied.assignment.person_id);
  if (absl::IsNotFound(person.status())) return Dialled();
  RETURN_IF_ERROR(person.status());
  const v1::ContactPoint* point = book::FindContactPoint(*person, point_id);
  return point == nullptr ? Dialled() : Dialled{point_id, applied.book.NumberDigest(*point)};
}

absl::Status StopTheNumber(const Applied& applied, Consequences& consequences) {
  ASSIGN_OR_RETURN(const Dialled dialled, WhatWasDialled(applied));
  if (dialled.number_digest.empty()) {
    consequences.number_unknown = true;
    return absl::OkStatus();
  }
  v1::AuditEvent event = applied.Event(Occurrence::WHAT_CONTACT_POINT_STOP);
  event.set_person_id(applied.assignment.person_id);
  event.mutable_occurrence()->set_contact_point_id(dialled.contact_point_id);
  audit::Record(applied.transaction, std::move(event));
  consequences.placed_stop_id = applied.stop_id;
  return permits::StopNumber(applied.transaction, applied.book, applied.actor, applied.stop_id,
                             applied.assignment.person_id, dialled.number_digest,
                             {applied.reason, applied.actor})
      .status();
}

// Who asks to be left alone is left alone on every number that leads there.
absl::Status StopTheirNumbers(const Applied& applied) {
  std::set<std::string> numbers;
  if (applied.permit != nullptr && !applied.permit->number_digest.empty())
    numbers.insert(applied.permit->number_digest);
  const auto person =
      applied.book.ReadPerson(applied.transaction.connection(), applied.assignment.person_id);
  if (!person.ok() && !absl::IsNotFound(person.status())) return person.status();
  if (person.ok()) {
    for (const auto& point : person->contact_points())
      numbers.insert(applied.book.NumberDigest(point));
  }
  for (const std::string& number : numbers) {
    RETURN_IF_ERROR(permits::StopNumber(applied.transaction, applied.book, applied.actor,
                                        applied.stop_id, applied.assignment.person_id, number,
                                        {applied.reason, applied.actor})
                        .status());
  }
  return absl::OkStatus();
}

absl::Status EndContact(const Applied& applied, Consequences& consequences) {
  storage::Transaction& transaction = applied.transaction;
  const assignments::Assignment& assignment = applied.assignment;
  // A dispute is about one debt, and so is what is returned; the others are about the person.
  const bool whole_person =
      applied.reason != v1::STOP_REASON_DISPUTE && applied.reason != v1::STOP_REASON_RETURNED;
  const auto subject = whole_person ? StopSubject::Person(assignment.person_id)
                                    : StopSubject::Account(assignment.account_id);
  // The outcome may be late, and the account another person's by now.
  std::string owner = assignment.person_id;
  if (!whole_person) {
    ASSIGN_OR_RETURN(const auto known, applied.book.HoldOwner(transaction, assignment.account_id));
    if (known.has_value()) owner = known->person_id;
  }
  const stops::StopTerms terms{applied.reason, applied.actor};
  RETURN_IF_ERROR(stops::PlaceStop(transaction, {applied.stop_id, subject, terms}));
  consequences.placed_stop_id = applied.stop_id;
  v1::AuditEvent event = applied.Event(Occurrence::WHAT_STOP);
  if (whole_person) {
    event.set_person_id(assignment.person_id);
  } else {
    event.set_account_id(assignment.account_id);
  }
  audit::Record(transaction, std::move(event));
  if (applied.reason == v1::STOP_REASON_CEASE) RETURN_IF_ERROR(StopTheirNumbers(applied));
  permits::Withdrawn withdrawn;
  RETURN_IF_ERROR(permits::StopWork(transaction, applied.changes, applied.actor, owner,
                                    whole_person ? "" : assignment.account_id, terms, &withdrawn));
  if (!whole_person) return absl::OkStatus();
  return permits::StopMovedAccounts(transaction, applied.changes, applied.book, applied.actor,
                                    assignment.person_id, terms, &withdrawn);
}

}  // namespace

v1::StopReason StopReasonOf(v1::Disposition disposition, bool only_informs) {
  switch (disposition) {
    case v1::DISPOSITION_DISPUTE:
      return v1::STOP_REASON_DISPUTE;
    case v1::DISPOSITION_CEASE_CONTACT:
      return v1::STOP_REASON_CEASE;
    case v1::DISPOSITION_ATTORNEY:
      return v1::STOP_REASON_ATTORNEY;
    case v1::DISPOSITION_DECEASED:
      return v1::STOP_REASON_DEATH;
    case v1::DISPOSITION_BANKRUPTCY:
      return v1::STOP_REASON_BANKRUPTCY;
    case v1::DISPOSITION_WRONG_NUMBER:
      return v1::STOP_REASON_WRONG_NUMBER;
    case v1::DISPOSITION_DISCONNECTED:
      return v1::STOP_REASON_DISCONNECTED;
    case v1::DISPOSITION_REFUSED_TO_PAY:
      return only_informs ? v1::STOP_REASON_RETURNED : v1::STOP_REASON_UNSPECIFIED;
    default:
      return v1::STOP_REASON_UNSPECIFIED;
  }
}

bool EndsContact(v1::Disposition disposition) {
  return StopReasonOf(disposition, /*only_informs=*/false) != v1::STOP_REASON_UNSPECIFIED;
}

absl::StatusOr<bool> StopIdTaken(storage::Connection& connection,
                                 const assignments::Assignment& assignment,
                                 const v1::Outcome& outcome) {
  if (StopReasonOf(outcome.disposition(), /*only_informs=*/true) == v1::STOP_REASON_UNSPECIFIED)
    return false;
  return stops::StopKnown(connection, StopId(assignment, outcome, outcome.version()));
}

absl::StatusOr<Consequences> ApplyConsequences(storage::Transaction& transaction,
                                               assignments::Changes& changes,
                                               const book::Book& book,
                                               const assignments::Assignment& assignment,
                                               const v1::Outcome& outcome, v1::StopReason reason,
                                               const permits::PermitRow* permit) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(assignment.person_id)));
  const Applied applied{transaction,
                        changes,
                        book,
                        assignment,
                        outcome,
                        permit,
                        "vendor/" + assignment.vendor_id,
                        reason,
                        StopId(assignment, outcome, outcome.version())};
  Consequences consequences;
  ASSIGN_OR_RETURN(const std::string earlier, StopOfEarlierVersion(applied));
  if (!earlier.empty()) {
    consequences.lift_asked_stop_id = earlier;
    v1::AuditEvent event = applied.Event(Occurrence::WHAT_LIFT_ASKED);
    event.mutable_occurrence()->set_stop_id(earlier);
    audit::Record(transaction, std::move(event));
  }
  if (applied.reason == v1::STOP_REASON_UNSPECIFIED) return consequences;
  RETURN_IF_ERROR(permits::IsUnusableNumber(applied.reason) ? StopTheNumber(applied, consequences)
                                                            : EndContact(applied, consequences));
  return consequences;
}

}  // namespace switchboard::outcomes

#include "hub/outcomes/consequences.h"

#include <set>

#include "hub/audit/audit_log.h"
#include "hub/base/actor.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/permits/channel_stops.h"
#include "hub/permits/moved_accounts.h"
#include "hub/permits/number_stops.h"
#include "hub/permits/withdrawal.h"
#include "hub/stops/stops.h"

namespace switchboard::outcomes {
namespace {

using Occurrence = v1::AuditEvent::Occurrence;
using stops::StopSubject;

// One outcome on its way.
struct Applied {
  storage::Transaction& transaction;
  assignments::Changes& changes;
  const book::Book& book;
  const assignments::Assignment& assignment;
  const v1::Outcome& outcome;
  const permits::PermitRow* permit;
  const v1::ContactPoint* point;
  const std::string actor;

  v1::AuditEvent Event(Occurrence::What what) const {
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
    event.set_vendor_id(assignment.vendor_id);
    event.mutable_occurrence()->set_what(what);
    return event;
  }
};

// One of its stops.
struct Placed {
  const Applied& applied;
  const stops::StopTerms terms;
  const std::string stop_id;

  v1::AuditEvent Event(Occurrence::What what) const {
    v1::AuditEvent event = applied.Event(what);
    event.set_subject_id(stop_id);
    stops::Describe(terms, *event.mutable_occurrence());
    event.mutable_occurrence()->set_what(what);
    return event;
  }
};

// Where somebody was called or written to.
struct Dialled {
  std::string contact_point_id;
  std::string number_digest;  // empty: not known
};

// By the permit, or without one by the contact point that the vendor names.
Dialled WhatWasDialled(const Applied& applied) {
  if (const auto* permit = applied.permit; permit != nullptr) {
    if (permit->assignment_id != applied.assignment.assignment_id) return Dialled();
    return Dialled{permit->contact_point_id, permit->number_digest};
  }
  const v1::ContactPoint* point = applied.point;
  if (point == nullptr) return Dialled();
  return {point->contact_point_id(), applied.book.NumberDigest(*point)};
}

absl::Status StopTheNumber(const Placed& placed, const Dialled& dialled) {
  const Applied& applied = placed.applied;
  v1::AuditEvent event = placed.Event(Occurrence::WHAT_CONTACT_POINT_STOP);
  event.set_person_id(applied.assignment.person_id);
  event.mutable_occurrence()->set_contact_point_id(dialled.contact_point_id);
  audit::Record(applied.transaction, std::move(event));
  return permits::StopNumber(applied.transaction, applied.book, applied.actor, placed.stop_id,
                             applied.assignment.person_id, dialled.number_digest, placed.terms)
      .status();
}

// Who asks to be left alone is left alone on every number that leads there.
absl::Status StopTheirNumbers(const Placed& placed) {
  const Applied& applied = placed.applied;
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
                                        placed.stop_id, applied.assignment.person_id, number,
                                        placed.terms)
                        .status());
  }
  return absl::OkStatus();
}

// A dispute is about one debt, and so is what is returned, complained of or no debt of theirs.
bool IsOfAccount(v1::StopReason reason) {
  return reason == v1::STOP_REASON_DISPUTE || reason == v1::STOP_REASON_RETURNED ||
         reason == v1::STOP_REASON_COMPLAINT || reason == v1::STOP_REASON_FRAUD;
}

absl::Status EndContact(const Placed& placed) {
  const Applied& applied = placed.applied;
  storage::Transaction& transaction = applied.transaction;
  const assignments::Assignment& assignment = applied.assignment;
  const bool whole_person = !IsOfAccount(placed.terms.reason);
  const auto subject = whole_person ? StopSubject::Person(assignment.person_id)
                                    : StopSubject::Account(assignment.account_id);
  // The outcome may be late, and the account another person's by now.
  std::string owner = assignment.person_id;
  if (!whole_person) {
    ASSIGN_OR_RETURN(const auto known, applied.book.HoldOwner(transaction, assignment.account_id));
    if (known.has_value()) owner = known->person_id;
  }
  RETURN_IF_ERROR(stops::PlaceStop(transaction, {placed.stop_id, subject, placed.terms}));
  v1::AuditEvent event = placed.Event(Occurrence::WHAT_STOP);
  if (whole_person) {
    event.set_person_id(assignment.person_id);
  } else {
    event.set_account_id(assignment.account_id);
  }
  audit::Record(transaction, std::move(event));
  if (placed.terms.reason == v1::STOP_REASON_CEASE) RETURN_IF_ERROR(StopTheirNumbers(placed));
  permits::Withdrawn withdrawn;
  RETURN_IF_ERROR(permits::StopWork(transaction, applied.changes, applied.actor, owner,
                                    whole_person ? "" : assignment.account_id, placed.terms,
                                    &withdrawn));
  if (!whole_person) return absl::OkStatus();
  return permits::StopMovedAccounts(transaction, applied.changes, applied.book, applied.actor,
                                    assignment.person_id, placed.terms, &withdrawn);
}

absl::Status AskToLift(const Applied& applied, const StandingStop& stop,
                       Consequences& consequences) {
  const std::string& stop_id = stop.stop_id;
  ASSIGN_OR_RETURN(const bool in_force, stops::StopInForce(applied.transaction.connection(),
                                                           stop_id, applied.transaction.now()));
  if (!in_force) return absl::OkStatus();
  consequences.lift_asked.push_back(stop_id);
  consequences.standing.push_back({stop_id, stop.named, /*asked=*/true});
  v1::AuditEvent event = applied.Event(Occurrence::WHAT_LIFT_ASKED);
  event.mutable_occurrence()->set_stop_id(stop_id);
  audit::Record(applied.transaction, std::move(event));
  return absl::OkStatus();
}

absl::Status Lift(const Applied& applied, const std::string& stop_id, Consequences& consequences) {
  ASSIGN_OR_RETURN(const bool lifted, stops::LiftStop(applied.transaction, stop_id));
  if (!lifted) return absl::OkStatus();
  consequences.lifted.push_back(stop_id);
  v1::AuditEvent event = applied.Event(Occurrence::WHAT_LIFT);
  event.mutable_occurrence()->set_stop_id(stop_id);
  audit::Record(applied.transaction, std::move(event));
  return absl::OkStatus();
}

absl::Status Place(const Applied& applied, const SpokenStop& stop, Consequences& consequences) {
  stops::StopTerms terms{stop.reason, applied.actor};
  terms.keep_work = stops::HoldsWorkByItself(stop.reason);
  const Placed placed{applied, terms,
                      StopIdOf(applied.assignment.vendor_id, applied.outcome, stop)};
  if (permits::IsUnusableNumber(stop.reason)) {
    const Dialled dialled = WhatWasDialled(applied);
    if (dialled.number_digest.empty()) {
      consequences.number_unknown = true;
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(StopTheNumber(placed, dialled));
  } else if (stop.channel != v1::CHANNEL_UNSPECIFIED) {
    RETURN_IF_ERROR(permits::StopChannel(applied.transaction, applied.book,
                                         applied.Event(Occurrence::WHAT_CHANNEL_STOP),
                                         placed.stop_id, applied.assignment.person_id, stop.channel,
                                         terms)
                        .status());
  } else {
    RETURN_IF_ERROR(EndContact(placed));
  }
  consequences.placed.push_back(placed.stop_id);
  consequences.standing.push_back({placed.stop_id, NamedBy(applied.outcome, stop)});
  return absl::OkStatus();
}

}  // namespace

bool EndsContact(const v1::Outcome::Result& result) {
  return !StopsOf(result, /*only_informs=*/false).empty();
}

absl::StatusOr<bool> StopIdTaken(storage::Connection& connection, std::string_view vendor_id,
                                 const v1::Outcome& outcome, const std::vector<SpokenStop>& anew) {
  for (const SpokenStop& stop : anew) {
    ASSIGN_OR_RETURN(const bool known,
                     stops::StopKnown(connection, StopIdOf(vendor_id, outcome, stop)));
    if (known) return true;
  }
  return false;
}

absl::StatusOr<Consequences> ApplyConsequences(storage::Transaction& transaction,
                                               assignments::Changes& changes,
                                               const book::Book& book, const Speaking& speaking) {
  const assignments::Assignment& assignment = speaking.assignment;
  SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(assignment.person_id)));
  const Applied applied{
      transaction,      changes,         book,           assignment,
      speaking.outcome, speaking.permit, speaking.point, ActorOfVendor(assignment.vendor_id)};
  Consequences consequences;
  consequences.standing = speaking.changes.kept;
  for (const StandingStop& stop : speaking.changes.gone) {
    const bool known = stop.asked || speaking.confirmed.contains(stop.stop_id);
    RETURN_IF_ERROR(known ? AskToLift(applied, stop, consequences)
                          : Lift(applied, stop.stop_id, consequences));
  }
  for (const SpokenStop& stop : speaking.changes.anew)
    RETURN_IF_ERROR(Place(applied, stop, consequences));
  return consequences;
}

}  // namespace switchboard::outcomes

#include "hub/ingest/core_events.h"

#include <algorithm>
#include <set>

#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/canonical.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/ingest/made_contact.h"
#include "hub/permits/moved_accounts.h"
#include "hub/permits/number_stops.h"
#include "hub/permits/permit_book.h"
#include "hub/permits/withdrawal.h"

namespace switchboard::ingest {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using storage::Value;
using Response = v1::PostEventsResponse;

constexpr char kSelectKnown[] = "SELECT digest, actor FROM core_event WHERE event_id = $1";
constexpr char kInsert[] =
    "INSERT INTO core_event (event_id, actor, digest, event_time) VALUES ($1, $2, $3, $4)";

using Occurrence = v1::AuditEvent::Occurrence;
using stops::StopSubject;

// How far ahead of the hub's clock a booking may lie: a bank's booking day begins before ours.
constexpr absl::Duration kBookingAheadMax = absl::Hours(24);

void CheckPlaceStop(const v1::CoreEvent::PlaceStop& stop, FieldCheck& check) {
  switch (stop.subject_case()) {
    case v1::CoreEvent::PlaceStop::kPersonId:
      check.CoreId(stop.person_id(), "place_stop.person_id");
      break;
    case v1::CoreEvent::PlaceStop::kAccountId:
      check.CoreId(stop.account_id(), "place_stop.account_id");
      break;
    case v1::CoreEvent::PlaceStop::kContactPoint:
      check.CoreId(stop.contact_point().person_id(), "place_stop.contact_point.person_id");
      check.Id(stop.contact_point().contact_point_id(),
               "place_stop.contact_point.contact_point_id");
      break;
    case v1::CoreEvent::PlaceStop::SUBJECT_NOT_SET:
      check.Fail("place_stop", "must name a person_id, account_id or contact_point");
  }
  check.Enum(v1::StopReason_IsValid(stop.reason()), stop.reason(), "place_stop.reason");
  const bool set_by_hub = stop.reason() == v1::STOP_REASON_PAYMENT ||
                          stop.reason() == v1::STOP_REASON_CLOSED ||
                          stop.reason() == v1::STOP_REASON_OPERATOR;
  check.Require(!set_by_hub, "place_stop.reason", "must not be one that only the hub sets");
  check.Require(!permits::IsUnusableNumber(stop.reason()) || stop.has_contact_point(),
                "place_stop.reason", "goes with a contact_point only");
}

std::optional<FieldProblem> Check(const v1::CoreEvent& event, absl::Time now) {
  FieldCheck check;
  check.Id(event.event_id(), "event_id");
  // Stops that outcomes place have ids of that form.
  check.Require(!event.event_id().starts_with("outcome:"), "event_id",
                "must not begin with outcome:");
  switch (event.event_case()) {
    case v1::CoreEvent::kPayment:
      check.CoreId(event.payment().account_id(), "payment.account_id");
      check.Amount(event.payment().amount(), 1, "payment.amount");
      check.TimeUntil(event.payment().pay_time(), now, kBookingAheadMax, "payment.pay_time");
      break;
    case v1::CoreEvent::kPlaceStop:
      CheckPlaceStop(event.place_stop(), check);
      break;
    case v1::CoreEvent::kLiftStop:
      check.StopId(event.lift_stop().stop_event_id(), "lift_stop.stop_event_id");
      break;
    case v1::CoreEvent::kClosure:
      check.CoreId(event.closure().account_id(), "closure.account_id");
      break;
    case v1::CoreEvent::kMadeContact:
      CheckMadeContact(event.made_contact(), now, check);
      break;
    case v1::CoreEvent::EVENT_NOT_SET:
      check.Fail("event", "must be a payment, place_stop, lift_stop, closure or made_contact");
  }
  return check.problem();
}

// What was true up to then, inclusive, says nothing about a payment that was booked, or reached the
// hub, at that time.
int64_t SettleTimeOf(const v1::CoreEvent::Payment& payment, int64_t now_us) {
  return std::max(TimeUtil::TimestampToMicroseconds(payment.pay_time()), now_us);
}

// What the audit log says of an event: its kind and its subject, by id.
v1::AuditEvent Describe(std::string_view actor, const v1::CoreEvent& event, int64_t now_us) {
  v1::AuditEvent audit = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
  Occurrence& occurrence = *audit.mutable_occurrence();
  audit.set_subject_id(event.event_id());
  switch (event.event_case()) {
    case v1::CoreEvent::kPayment:
      audit.set_account_id(event.payment().account_id());
      occurrence.set_what(Occurrence::WHAT_PAYMENT);
      occurrence.set_settled_until_us(SettleTimeOf(event.payment(), now_us) + 1);
      break;
    case v1::CoreEvent::kPlaceStop: {
      const auto& stop = event.place_stop();
      const bool point = stop.has_contact_point();
      audit.set_account_id(stop.account_id());
      audit.set_person_id(point ? stop.contact_point().person_id() : stop.person_id());
      occurrence.set_what(point ? Occurrence::WHAT_CONTACT_POINT_STOP : Occurrence::WHAT_STOP);
      occurrence.set_reason(stop.reason());
      if (point) occurrence.set_contact_point_id(stop.contact_point().contact_point_id());
      break;
    }
    case v1::CoreEvent::kLiftStop:
      occurrence.set_what(Occurrence::WHAT_LIFT);
      occurrence.set_stop_id(event.lift_stop().stop_event_id());
      break;
    case v1::CoreEvent::kClosure:
      audit.set_account_id(event.closure().account_id());
      occurrence.set_what(Occurrence::WHAT_CLOSURE);
      break;
    case v1::CoreEvent::kMadeContact:
      audit.set_account_id(event.made_contact().account_id());
      occurrence.set_what(Occurrence::WHAT_MADE_CONTACT);
      break;
    case v1::CoreEvent::EVENT_NOT_SET:
      break;
  }
  return audit;
}

void Count(const permits::Withdrawn& withdrawn, Response::Receipt& receipt) {
  receipt.set_withdrawn_assignments(static_cast<int32_t>(withdrawn.assignments));
  receipt.set_voided_permits(static_cast<int32_t>(withdrawn.voided_permits));
}

}  // namespace

absl::StatusOr<v1::PostEventsResponse::Receipt> CoreEvents::Apply(storage::Transaction& transaction,
                                                                  std::string_view actor,
                                                                  std::string_view bytes) const {
  Receipt receipt;
  v1::CoreEvent event;
  if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    receipt.set_status(Response::STATUS_INVALID);
    receipt.set_problem("is not a serialized CoreEvent, or a text field is not UTF-8");
    RETURN_IF_ERROR(Refuse(transaction, actor, bytes, receipt));
    return receipt;
  }
  receipt.set_event_id(event.event_id());
  const std::string digest = sealer_.Digest(CanonicalBytes(event));
  ASSIGN_OR_RETURN(const bool known, Known(transaction, actor, digest, receipt));
  if (!known) {
    if (auto problem = Check(event, transaction.now()); problem.has_value()) {
      receipt.set_status(Response::STATUS_INVALID);
      receipt.set_field(problem->field);
      receipt.set_problem(problem->problem);
    }
  }
  if (receipt.status() == Response::STATUS_REPEATED) {
    if (event.has_lift_stop())
      RETURN_IF_ERROR(LiftAgain(transaction, actor, event.lift_stop(), receipt));
    if (event.has_made_contact())
      RETURN_IF_ERROR(Enter(transaction, event.event_id(), event.made_contact(), receipt));
    return receipt;
  }
  if (receipt.status() != Response::STATUS_UNSPECIFIED) {
    RETURN_IF_ERROR(Refuse(transaction, actor, bytes, receipt));
    return receipt;
  }
  receipt.set_status(Response::STATUS_ACCEPTED);
  RETURN_IF_ERROR(
      transaction
          .Execute(kInsert, {event.event_id(), actor, Value::Blob(digest), transaction.now_us()})
          .status());
  audit::Record(transaction, Describe(actor, event, transaction.now_us()));
  RETURN_IF_ERROR(Dispatch(transaction, actor, event, receipt));
  return receipt;
}

absl::Status CoreEvents::Refuse(storage::Transaction& transaction, std::string_view actor,
                                std::string_view bytes, Receipt& receipt) const {
  audit::Refused refused;
  refused.actor = actor;
  refused.kind = "event";
  refused.status = Response::Status_Name(receipt.status());
  refused.field = receipt.field();
  refused.bytes = bytes;
  return quarantine_.Put(transaction, refused);
}

absl::StatusOr<bool> CoreEvents::Known(storage::Transaction& transaction, std::string_view actor,
                                       std::string_view digest, Receipt& receipt) const {
  bool known = false;
  RETURN_IF_ERROR(transaction.Query(kSelectKnown, {receipt.event_id()}, [&](const Row& row) {
    known = true;
    const bool own = row.Text(1) == actor;
    if (own && row.Blob(0) == digest) {
      receipt.set_status(Response::STATUS_REPEATED);
      return absl::OkStatus();
    }
    // Two cores that number alike do not speak of the same event, whatever it says.
    receipt.set_status(Response::STATUS_ID_REUSED);
    receipt.set_field("event_id");
    receipt.set_problem(own ? "was used before for another event; give every event an id of its own"
                            : "was used before by another core; begin it with the core's name");
    return absl::OkStatus();
  }));
  return known;
}

// A lift that came before its stop found nothing. Sent again, it is to end what it names.
absl::Status CoreEvents::LiftAgain(storage::Transaction& transaction, std::string_view actor,
                                   const v1::CoreEvent::LiftStop& lift, Receipt& receipt) const {
  ASSIGN_OR_RETURN(const bool lifted, stops::LiftStop(transaction, lift.stop_event_id()));
  if (!lifted) return absl::OkStatus();
  receipt.set_status(Response::STATUS_ACCEPTED);
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
  event.mutable_occurrence()->set_what(Occurrence::WHAT_LIFT);
  event.mutable_occurrence()->set_stop_id(lift.stop_event_id());
  audit::Record(transaction, std::move(event));
  return absl::OkStatus();
}

absl::Status CoreEvents::Dispatch(storage::Transaction& transaction, std::string_view actor,
                                  const v1::CoreEvent& event, Receipt& receipt) const {
  const std::string& id = event.event_id();
  switch (event.event_case()) {
    case v1::CoreEvent::kPayment: {
      const auto account = StopSubject::Account(event.payment().account_id());
      stops::NewStop stop{id, account, v1::STOP_REASON_PAYMENT};
      stop.settle_time_us = SettleTimeOf(event.payment(), transaction.now_us());
      return StopAccount(transaction, actor, stop, v1::WITHDRAW_REASON_PAID, receipt);
    }
    case v1::CoreEvent::kClosure: {
      const auto account = StopSubject::Account(event.closure().account_id());
      return StopAccount(transaction, actor, {id, account, v1::STOP_REASON_CLOSED},
                         v1::WITHDRAW_REASON_CLOSED, receipt);
    }
    case v1::CoreEvent::kPlaceStop:
      return Place(transaction, actor, id, event.place_stop(), receipt);
    case v1::CoreEvent::kLiftStop: {
      ASSIGN_OR_RETURN(const bool lifted,
                       stops::LiftStop(transaction, event.lift_stop().stop_event_id()));
      if (!lifted) receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
      return absl::OkStatus();
    }
    case v1::CoreEvent::kMadeContact:
      return Enter(transaction, id, event.made_contact(), receipt);
    case v1::CoreEvent::EVENT_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

// Sent again, one whose account was not known counts as soon as it is.
absl::Status CoreEvents::Enter(storage::Transaction& transaction, std::string_view event_id,
                               const v1::CoreEvent::MadeContact& made, Receipt& receipt) const {
  ASSIGN_OR_RETURN(const bool known, EnterMadeContact(transaction, book_, event_id, made));
  if (!known) receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
  return absl::OkStatus();
}

absl::Status CoreEvents::Place(storage::Transaction& transaction, std::string_view actor,
                               std::string_view event_id, const v1::CoreEvent::PlaceStop& stop,
                               Receipt& receipt) const {
  if (stop.has_account_id()) {
    return StopAccount(transaction, actor,
                       {event_id, StopSubject::Account(stop.account_id()), stop.reason()},
                       v1::WITHDRAW_REASON_STOPPED, receipt);
  }
  if (stop.has_person_id()) {
    return StopPerson(transaction, actor, event_id, stop.person_id(), stop.reason(), receipt);
  }
  return StopContactPoint(transaction, actor, event_id, stop.contact_point(), stop.reason(),
                          receipt);
}

absl::Status CoreEvents::StopAccount(storage::Transaction& transaction, std::string_view actor,
                                     const stops::NewStop& stop, v1::WithdrawReason shown,
                                     Receipt& receipt) const {
  const std::string& account_id = stop.subject.id;
  ASSIGN_OR_RETURN(const auto known, book_.HoldOwner(transaction, account_id));
  RETURN_IF_ERROR(stops::PlaceStop(transaction, stop));
  if (!known.has_value()) {
    receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
    return absl::OkStatus();
  }
  permits::Withdrawn withdrawn;
  assignments::Changes changes(transaction, sealer_, ids_, std::string(actor));
  RETURN_IF_ERROR(permits::WithdrawAll(transaction, changes, actor, known->person_id, account_id,
                                       shown, &withdrawn));
  Count(withdrawn, receipt);
  return absl::OkStatus();
}

absl::Status CoreEvents::StopPerson(storage::Transaction& transaction, std::string_view actor,
                                    std::string_view event_id, std::string_view person_id,
                                    v1::StopReason reason, Receipt& receipt) const {
  ASSIGN_OR_RETURN(const bool known, book_.HoldPerson(transaction, person_id));
  RETURN_IF_ERROR(
      stops::PlaceStop(transaction, {event_id, StopSubject::Person(person_id), reason}));
  if (!known) {
    receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
    return absl::OkStatus();
  }
  permits::Withdrawn withdrawn;
  // Who asks to be left alone is left alone on every number that leads there.
  if (reason == v1::STOP_REASON_CEASE) {
    ASSIGN_OR_RETURN(const v1::Person person,
                     book_.ReadPerson(transaction.connection(), person_id));
    std::set<std::string> numbers;
    for (const auto& point : person.contact_points()) numbers.insert(book_.NumberDigest(point));
    for (const std::string& number : numbers) {
      ASSIGN_OR_RETURN(
          const int64_t voided,
          permits::StopNumber(transaction, book_, actor, event_id, person_id, number, reason));
      withdrawn.voided_permits += voided;
    }
  }
  assignments::Changes changes(transaction, sealer_, ids_, std::string(actor));
  RETURN_IF_ERROR(permits::WithdrawAll(transaction, changes, actor, person_id, "",
                                       v1::WITHDRAW_REASON_STOPPED, &withdrawn));
  RETURN_IF_ERROR(
      permits::StopMovedAccounts(transaction, changes, book_, actor, person_id, &withdrawn));
  Count(withdrawn, receipt);
  return absl::OkStatus();
}

absl::Status CoreEvents::StopContactPoint(storage::Transaction& transaction, std::string_view actor,
                                          std::string_view event_id,
                                          const v1::CoreEvent::PersonContactPoint& contact_point,
                                          v1::StopReason reason, Receipt& receipt) const {
  const std::string& person_id = contact_point.person_id();
  RETURN_IF_ERROR(book_.HoldPerson(transaction, person_id).status());
  RETURN_IF_ERROR(stops::PlaceStop(
      transaction,
      {event_id, StopSubject::ContactPoint(person_id, contact_point.contact_point_id()), reason}));
  permits::PermitFilter filter;
  filter.person_id = person_id;
  filter.contact_point_id = contact_point.contact_point_id();
  ASSIGN_OR_RETURN(int64_t voided, permits::VoidPermits(transaction, actor, filter));
  const auto person = book_.ReadPerson(transaction.connection(), person_id);
  if (!person.ok() && !absl::IsNotFound(person.status())) return person.status();
  bool known = false;
  if (person.ok()) {
    for (const auto& point : person->contact_points()) {
      if (point.contact_point_id() != contact_point.contact_point_id()) continue;
      known = true;
      ASSIGN_OR_RETURN(const int64_t more,
                       permits::StopNumber(transaction, book_, actor, event_id, person_id,
                                           book_.NumberDigest(point), reason));
      voided += more;
    }
  }
  if (!known) receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
  receipt.set_voided_permits(static_cast<int32_t>(voided));
  return absl::OkStatus();
}

}  // namespace switchboard::ingest

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
constexpr char kSelectTime[] = "SELECT event_time FROM core_event WHERE event_id = $1";
constexpr char kSelectContact[] =
    "SELECT contact, replaced FROM core_event WHERE event_id = $1 AND actor = $2 AND contact <> ''";
constexpr char kReplace[] =
    "UPDATE core_event SET replaced = 1 WHERE event_id = $1 AND replaced = 0";
constexpr char kInsert[] =
    "INSERT INTO core_event (event_id, actor, digest, event_time, contact, replaced) VALUES ($1, "
    "$2, $3, $4, $5, 0)";

using Occurrence = v1::AuditEvent::Occurrence;
using stops::StopSubject;

// How far ahead of the hub's clock a booking may lie: a bank's booking day begins before ours.
constexpr absl::Duration kBookingAheadMax = absl::Hours(24);

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
      CheckPlaceStop(event.place_stop(), now, check);
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
    case v1::CoreEvent::kSaid:
      CheckSaid(event.said(), now, check);
      break;
    case v1::CoreEvent::EVENT_NOT_SET:
      check.Fail("event",
                 "must be a payment, place_stop, lift_stop, closure, made_contact or said");
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
      occurrence.set_replaces_event_id(event.made_contact().replaces_event_id());
      break;
    case v1::CoreEvent::kSaid:
      audit.set_person_id(event.said().person_id());
      occurrence.set_what(Occurrence::WHAT_SAID);
      break;
    case v1::CoreEvent::kPlaceStop:  // described by who places it
    case v1::CoreEvent::EVENT_NOT_SET:
      break;
  }
  return audit;
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
  Basis basis;
  if (!known) {
    auto problem = Check(event, transaction.now());
    if (!problem.has_value()) {
      ASSIGN_OR_RETURN(problem, LookUp(transaction, actor, event, basis));
    }
    if (problem.has_value()) {
      receipt.set_status(Response::STATUS_INVALID);
      receipt.set_field(problem->field);
      receipt.set_problem(problem->problem);
    }
  }
  if (receipt.status() == Response::STATUS_REPEATED) {
    if (event.has_lift_stop())
      RETURN_IF_ERROR(LiftAgain(transaction, actor, event.lift_stop(), receipt));
    if (event.has_made_contact()) RETURN_IF_ERROR(EnterAgain(transaction, actor, event, receipt));
    if (event.has_said()) RETURN_IF_ERROR(HearAgain(transaction, actor, event, receipt));
    return receipt;
  }
  if (receipt.status() != Response::STATUS_UNSPECIFIED) {
    RETURN_IF_ERROR(Refuse(transaction, actor, bytes, receipt));
    return receipt;
  }
  receipt.set_status(Response::STATUS_ACCEPTED);
  RETURN_IF_ERROR(transaction
                      .Execute(kInsert, {event.event_id(), actor, Value::Blob(digest),
                                         transaction.now_us(), basis.contact})
                      .status());
  if (!event.has_place_stop())
    audit::Record(transaction, Describe(actor, event, transaction.now_us()));
  RETURN_IF_ERROR(Dispatch(transaction, actor, event, basis, receipt));
  return receipt;
}

// What is known of what a new event is about, and what is wrong with the event beside that. Marks
// the event that it replaces.
absl::StatusOr<std::optional<FieldProblem>> CoreEvents::LookUp(storage::Transaction& transaction,
                                                               std::string_view actor,
                                                               const v1::CoreEvent& event,
                                                               Basis& basis) const {
  if (event.has_payment() || event.has_closure()) {
    const std::string& account_id =
        event.has_payment() ? event.payment().account_id() : event.closure().account_id();
    // Before it is recorded: so it is dated behind every permit that it makes void, whichever hub
    // gave it (Transaction::now).
    ASSIGN_OR_RETURN(basis.account, book_.HoldOwner(transaction, account_id));
    return std::nullopt;
  }
  if (event.has_said()) {
    ASSIGN_OR_RETURN(basis.heard, HearWord(transaction, book_, event.event_id(), event.said(),
                                           transaction.now_us(), /*again=*/false));
    return basis.heard.problem;
  }
  if (!event.has_made_contact()) return std::nullopt;
  const std::string& replaced = event.made_contact().replaces_event_id();
  basis.contact = event.event_id();
  if (replaced.empty()) return std::nullopt;
  const std::string field = "made_contact.replaces_event_id";
  bool known = false;
  RETURN_IF_ERROR(transaction.Query(kSelectContact, {replaced, actor}, [&](const Row& row) {
    known = true;
    basis.contact = row.Text(0);
    return absl::OkStatus();
  }));
  if (!known) return FieldProblem{field, "must be the event_id of a contact that you told of"};
  ASSIGN_OR_RETURN(const int64_t rows, transaction.Execute(kReplace, {replaced}));
  if (rows > 0) return std::nullopt;
  return FieldProblem{field, "has been replaced already; name the event that replaced it"};
}

absl::Status CoreEvents::Refuse(storage::Transaction& transaction, std::string_view actor,
                                std::string_view bytes, Receipt& receipt) const {
  audit::Refused refused;
  refused.actor = actor;
  refused.kind = "event";
  refused.status = Response::Status_Name(receipt.status());
  refused.field = receipt.field();
  refused.bytes = bytes;
  ASSIGN_OR_RETURN(const bool kept, quarantine_.Put(transaction, refused));
  receipt.set_not_kept(!kept);
  return absl::OkStatus();
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
                                  const v1::CoreEvent& event, Basis& basis,
                                  Receipt& receipt) const {
  const std::string& id = event.event_id();
  switch (event.event_case()) {
    case v1::CoreEvent::kPayment:
      return Pay(transaction, actor, id, event.payment(), basis, receipt);
    case v1::CoreEvent::kClosure: {
      const auto account = StopSubject::Account(event.closure().account_id());
      const stops::NewStop stop{id, account, {v1::STOP_REASON_CLOSED, std::string(actor)}};
      return stops_.EndAccount(transaction, actor, stop, basis.account, v1::WITHDRAW_REASON_CLOSED,
                               receipt);
    }
    case v1::CoreEvent::kPlaceStop:
      return stops_.Place(transaction, actor, id, event.place_stop(), receipt);
    case v1::CoreEvent::kLiftStop: {
      ASSIGN_OR_RETURN(const bool lifted,
                       stops::LiftStop(transaction, event.lift_stop().stop_event_id()));
      if (!lifted) receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
      return absl::OkStatus();
    }
    case v1::CoreEvent::kMadeContact:
      if (!event.made_contact().replaces_event_id().empty())
        RETURN_IF_ERROR(TakeBackContact(transaction, book_, basis.contact));
      return Enter(transaction, basis.contact, event.made_contact(), receipt);
    case v1::CoreEvent::kSaid: {
      if (!basis.heard.known) {
        receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
        return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(const int64_t voided,
                       KeepWord(transaction, book_, actor, id, event.said(), basis.heard));
      receipt.set_voided_permits(static_cast<int32_t>(voided));
      return absl::OkStatus();
    }
    case v1::CoreEvent::EVENT_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

// Stops the account, and counts for what was promised on it.
absl::Status CoreEvents::Pay(storage::Transaction& transaction, std::string_view actor,
                             const std::string& event_id, const v1::CoreEvent::Payment& payment,
                             const Basis& basis, Receipt& receipt) const {
  const auto account = StopSubject::Account(payment.account_id());
  stops::NewStop stop{event_id, account, {v1::STOP_REASON_PAYMENT, std::string(actor)}};
  stop.settle_time_us = SettleTimeOf(payment, transaction.now_us());
  RETURN_IF_ERROR(stops_.EndAccount(transaction, actor, stop, basis.account,
                                    v1::WITHDRAW_REASON_PAID, receipt));
  const promises::Paid paid{event_id, payment.account_id(),
                            TimeUtil::TimestampToMicroseconds(payment.pay_time()),
                            payment.amount()};
  // On an account that nobody has had yet nothing is promised that would be judged by it now.
  if (receipt.status() == Response::STATUS_UNKNOWN_SUBJECT)
    return promises::WritePayment(transaction, sealer_, paid);
  return promises_.Pay(transaction, actor, paid);
}

absl::Status CoreEvents::Enter(storage::Transaction& transaction, std::string_view contact,
                               const v1::CoreEvent::MadeContact& made, Receipt& receipt) const {
  ASSIGN_OR_RETURN(const EnteredContact entered,
                   EnterMadeContact(transaction, book_, permits_, contact, made));
  if (!entered.account_known) receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
  receipt.set_voided_permits(static_cast<int32_t>(entered.voided_permits));
  return absl::OkStatus();
}

// One whose account was not known counts as soon as it is, unless another one tells of it since.
absl::Status CoreEvents::EnterAgain(storage::Transaction& transaction, std::string_view actor,
                                    const v1::CoreEvent& event, Receipt& receipt) const {
  std::string contact;
  bool replaced = false;
  RETURN_IF_ERROR(transaction.Query(kSelectContact, {event.event_id(), actor}, [&](const Row& row) {
    contact = row.Text(0);
    replaced = row.Integer(1) != 0;
    return absl::OkStatus();
  }));
  if (replaced) return absl::OkStatus();
  return Enter(transaction, contact, event.made_contact(), receipt);
}

// A word about a person who was not known changes the record once it is.
absl::Status CoreEvents::HearAgain(storage::Transaction& transaction, std::string_view actor,
                                   const v1::CoreEvent& event, Receipt& receipt) const {
  int64_t received_us = transaction.now_us();
  RETURN_IF_ERROR(transaction.Query(kSelectTime, {event.event_id()}, [&](const Row& row) {
    received_us = row.Integer(0);
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(HeardWord heard, HearWord(transaction, book_, event.event_id(), event.said(),
                                             received_us, /*again=*/true));
  if (!heard.known) receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
  if (!heard.known || heard.problem.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t voided,
                   KeepWord(transaction, book_, actor, event.event_id(), event.said(), heard));
  receipt.set_voided_permits(static_cast<int32_t>(voided));
  return absl::OkStatus();
}

}  // namespace switchboard::ingest

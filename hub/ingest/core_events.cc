#include "hub/ingest/core_events.h"

#include "hub/audit/audit_log.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/permits/permits.h"
#include "hub/stops/stops.h"
#include "hub/permits/withdrawal.h"

namespace switchboard::ingest {
namespace {

using storage::Row;
using storage::Value;
using Response = v1::PostEventsResponse;

constexpr char kSelectDigest[] = "SELECT digest FROM core_event WHERE event_id = $1";
constexpr char kInsert[] =
    "INSERT INTO core_event (event_id, actor, digest, event_time) VALUES ($1, $2, $3, $4)";

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
}

std::optional<FieldProblem> Check(const v1::CoreEvent& event) {
  FieldCheck check;
  check.Id(event.event_id(), "event_id");
  // Stops that outcomes place have ids of that form.
  check.Require(!event.event_id().starts_with("outcome:"), "event_id",
                "must not begin with outcome:");
  switch (event.event_case()) {
    case v1::CoreEvent::kPayment:
      check.CoreId(event.payment().account_id(), "payment.account_id");
      check.Amount(event.payment().amount(), 1, "payment.amount");
      check.Time(event.payment().pay_time(), "payment.pay_time");
      break;
    case v1::CoreEvent::kPlaceStop:
      CheckPlaceStop(event.place_stop(), check);
      break;
    case v1::CoreEvent::kLiftStop:
      check.Require(!event.lift_stop().stop_event_id().empty() &&
                        event.lift_stop().stop_event_id().size() <= 128,
                    "lift_stop.stop_event_id", "must be 1 to 128 bytes");
      break;
    case v1::CoreEvent::kClosure:
      check.CoreId(event.closure().account_id(), "closure.account_id");
      break;
    case v1::CoreEvent::EVENT_NOT_SET:
      check.Fail("event", "must be a payment, place_stop, lift_stop or closure");
  }
  return check.problem();
}

// What the audit log says of an event: its kind and its subject, by id.
v1::AuditEvent Describe(std::string_view actor, const v1::CoreEvent& event) {
  v1::AuditEvent audit = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
  audit.set_subject_id(event.event_id());
  switch (event.event_case()) {
    case v1::CoreEvent::kPayment:
      audit.set_account_id(event.payment().account_id());
      audit.set_detail("payment");
      break;
    case v1::CoreEvent::kPlaceStop:
      audit.set_account_id(event.place_stop().account_id());
      audit.set_person_id(event.place_stop().has_contact_point()
                              ? event.place_stop().contact_point().person_id()
                              : event.place_stop().person_id());
      audit.set_detail((event.place_stop().has_contact_point() ? "contact_point_stop " : "stop ") +
                       v1::StopReason_Name(event.place_stop().reason()));
      if (event.place_stop().has_contact_point()) {
        audit.mutable_detail()->append(" contact_point=" +
                                       event.place_stop().contact_point().contact_point_id());
      }
      break;
    case v1::CoreEvent::kLiftStop:
      audit.set_detail("lift " + event.lift_stop().stop_event_id());
      break;
    case v1::CoreEvent::kClosure:
      audit.set_account_id(event.closure().account_id());
      audit.set_detail("closure");
      break;
    case v1::CoreEvent::EVENT_NOT_SET:
      break;
  }
  return audit;
}

void Count(const Withdrawn& withdrawn, Response::Receipt& receipt) {
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
  ASSIGN_OR_RETURN(const bool repeated, Repeated(transaction, bytes, receipt));
  if (!repeated) {
    if (auto problem = Check(event); problem.has_value()) {
      receipt.set_status(Response::STATUS_INVALID);
      receipt.set_field(problem->field);
      receipt.set_problem(problem->problem);
    }
  }
  if (receipt.status() == Response::STATUS_REPEATED) return receipt;
  if (receipt.status() != Response::STATUS_UNSPECIFIED) {
    RETURN_IF_ERROR(Refuse(transaction, actor, bytes, receipt));
    return receipt;
  }
  receipt.set_status(Response::STATUS_ACCEPTED);
  RETURN_IF_ERROR(transaction
                      .Execute(kInsert, {event.event_id(), actor,
                                         Value::Blob(sealer_.Digest(bytes)), transaction.now_us()})
                      .status());
  audit::Record(transaction, Describe(actor, event));
  RETURN_IF_ERROR(Dispatch(transaction, actor, event, receipt));
  return receipt;
}

absl::Status CoreEvents::Refuse(storage::Transaction& transaction, std::string_view actor,
                                std::string_view bytes, Receipt& receipt) const {
  return audit::Quarantine(
      transaction, sealer_, ids_,
      {actor, "event", Response::Status_Name(receipt.status()), receipt.field(), bytes});
}

absl::StatusOr<bool> CoreEvents::Repeated(storage::Transaction& transaction, std::string_view bytes,
                                          Receipt& receipt) const {
  bool known = false;
  RETURN_IF_ERROR(transaction.Query(kSelectDigest, {receipt.event_id()}, [&](const Row& row) {
    known = true;
    const bool same = row.Blob(0) == sealer_.Digest(bytes);
    receipt.set_status(same ? Response::STATUS_REPEATED : Response::STATUS_ID_REUSED);
    if (!same) {
      receipt.set_field("event_id");
      receipt.set_problem("was used before for another event; give every event an id of its own");
    }
    return absl::OkStatus();
  }));
  return known;
}

absl::Status CoreEvents::Dispatch(storage::Transaction& transaction, std::string_view actor,
                                  const v1::CoreEvent& event, Receipt& receipt) const {
  using Withdrawal = v1::SyncResponse::Withdrawal;
  const std::string& id = event.event_id();
  switch (event.event_case()) {
    case v1::CoreEvent::kPayment:
      return StopAccount(transaction, actor, id, event.payment().account_id(),
                         v1::STOP_REASON_PAYMENT, Withdrawal::REASON_PAID, receipt);
    case v1::CoreEvent::kClosure:
      return StopAccount(transaction, actor, id, event.closure().account_id(),
                         v1::STOP_REASON_CLOSED, Withdrawal::REASON_CLOSED, receipt);
    case v1::CoreEvent::kPlaceStop: {
      const auto& stop = event.place_stop();
      if (stop.has_account_id()) {
        return StopAccount(transaction, actor, id, stop.account_id(), stop.reason(),
                           Withdrawal::REASON_STOPPED, receipt);
      }
      if (stop.has_person_id())
        return StopPerson(transaction, actor, id, stop.person_id(), stop.reason(), receipt);
      return StopContactPoint(transaction, actor, id, stop.contact_point(), stop.reason(), receipt);
    }
    case v1::CoreEvent::kLiftStop: {
      ASSIGN_OR_RETURN(const bool lifted, LiftStop(transaction, event.lift_stop().stop_event_id()));
      if (!lifted) receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
      return absl::OkStatus();
    }
    case v1::CoreEvent::EVENT_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

absl::Status CoreEvents::StopAccount(storage::Transaction& transaction, std::string_view actor,
                                     std::string_view event_id, std::string_view account_id,
                                     v1::StopReason reason,
                                     v1::SyncResponse::Withdrawal::Reason shown,
                                     Receipt& receipt) const {
  ASSIGN_OR_RETURN(const auto known, book_.HoldOwner(transaction, account_id));
  RETURN_IF_ERROR(PlaceStop(transaction, event_id, StopSubject::Account(account_id), reason));
  if (!known.has_value()) {
    receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
    return absl::OkStatus();
  }
  Withdrawn withdrawn;
  assignments::Changes changes(transaction, sealer_, ids_, std::string(actor));
  RETURN_IF_ERROR(
      WithdrawAll(transaction, changes, actor, known->person_id, account_id, shown, &withdrawn));
  Count(withdrawn, receipt);
  changes.Flush();
  return absl::OkStatus();
}

absl::Status CoreEvents::StopPerson(storage::Transaction& transaction, std::string_view actor,
                                    std::string_view event_id, std::string_view person_id,
                                    v1::StopReason reason, Receipt& receipt) const {
  ASSIGN_OR_RETURN(const bool known, book_.HoldPerson(transaction, person_id));
  RETURN_IF_ERROR(PlaceStop(transaction, event_id, StopSubject::Person(person_id), reason));
  if (!known) {
    receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
    return absl::OkStatus();
  }
  Withdrawn withdrawn;
  assignments::Changes changes(transaction, sealer_, ids_, std::string(actor));
  RETURN_IF_ERROR(WithdrawAll(transaction, changes, actor, person_id, "",
                              v1::SyncResponse::Withdrawal::REASON_STOPPED, &withdrawn));
  Count(withdrawn, receipt);
  changes.Flush();
  return absl::OkStatus();
}

absl::Status CoreEvents::StopContactPoint(storage::Transaction& transaction, std::string_view actor,
                                          std::string_view event_id,
                                          const v1::CoreEvent::PersonContactPoint& contact_point,
                                          v1::StopReason reason, Receipt& receipt) const {
  const std::string& person_id = contact_point.person_id();
  RETURN_IF_ERROR(book_.HoldPerson(transaction, person_id).status());
  RETURN_IF_ERROR(PlaceStop(transaction, event_id,
                            StopSubject::ContactPoint(person_id, contact_point.contact_point_id()),
                            reason));
  auto person = book_.ReadPerson(transaction.connection(), person_id);
  bool known = false;
  if (person.ok()) {
    for (const auto& point : person->contact_points()) {
      known = known || point.contact_point_id() == contact_point.contact_point_id();
    }
  } else if (!absl::IsNotFound(person.status())) {
    return person.status();
  }
  if (!known) receipt.set_status(Response::STATUS_UNKNOWN_SUBJECT);
  PermitFilter filter;
  filter.person_id = person_id;
  filter.contact_point_id = contact_point.contact_point_id();
  ASSIGN_OR_RETURN(const int64_t voided, VoidPermits(transaction, actor, filter));
  receipt.set_voided_permits(static_cast<int32_t>(voided));
  return absl::OkStatus();
}

}  // namespace switchboard::ingest

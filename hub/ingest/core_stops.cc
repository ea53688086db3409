#include "hub/ingest/core_stops.h"

#include <set>

#include "hub/assignments/assignments.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/permits/channel_stops.h"
#include "hub/permits/moved_accounts.h"
#include "hub/permits/number_stops.h"
#include "hub/permits/permit_book.h"
#include "hub/permits/withdrawal.h"

namespace switchboard::ingest {
namespace {

using Occurrence = v1::AuditEvent::Occurrence;
using v1::CoreEvent;
using PlaceStop = v1::CoreEvent::PlaceStop;
using stops::StopSubject;

// How far ahead of the hub's clock a stop may have begun.
constexpr absl::Duration kBeginAheadMax = absl::Minutes(1);

void CheckSubject(const PlaceStop& stop, FieldCheck& check) {
  switch (stop.subject_case()) {
    case PlaceStop::kPersonId:
      return check.CoreId(stop.person_id(), "place_stop.person_id");
    case PlaceStop::kAccountId:
      return check.CoreId(stop.account_id(), "place_stop.account_id");
    case PlaceStop::kContactPoint:
      check.CoreId(stop.contact_point().person_id(), "place_stop.contact_point.person_id");
      return check.Id(stop.contact_point().contact_point_id(),
                      "place_stop.contact_point.contact_point_id");
    case PlaceStop::kPersonChannel: {
      const v1::Channel channel = stop.person_channel().channel();
      check.CoreId(stop.person_channel().person_id(), "place_stop.person_channel.person_id");
      return check.Enum(v1::Channel_IsValid(channel), channel, "place_stop.person_channel.channel");
    }
    case PlaceStop::SUBJECT_NOT_SET:
      return check.Fail("place_stop",
                        "must name a person_id, account_id, contact_point or person_channel");
  }
}

bool HoldsWork(const PlaceStop& stop) {
  if (stop.has_contact_point() || stop.has_person_channel()) return true;
  if (stop.effect() != PlaceStop::EFFECT_UNSPECIFIED)
    return stop.effect() == PlaceStop::EFFECT_HOLDS_WORK;
  return stops::HoldsWorkByItself(stop.reason());
}

void CheckReason(const PlaceStop& stop, FieldCheck& check) {
  const v1::StopReason reason = stop.reason();
  const std::string field = "place_stop.reason";
  check.Enum(v1::StopReason_IsValid(reason), reason, field);
  const bool set_by_hub = reason == v1::STOP_REASON_PAYMENT || reason == v1::STOP_REASON_CLOSED ||
                          reason == v1::STOP_REASON_OPERATOR || reason == v1::STOP_REASON_RETURNED;
  check.Require(!set_by_hub, field, "must not be one that only the hub sets");
  check.Require(!permits::IsUnusableNumber(reason) || stop.has_contact_point(), field,
                "goes with a contact_point only");
  check.Require(reason != v1::STOP_REASON_WORKPLACE || stop.has_person_id(), field,
                "goes with a person_id only");
}

void CheckEffect(const PlaceStop& stop, FieldCheck& check) {
  check.Require(PlaceStop::Effect_IsValid(stop.effect()), "place_stop.effect",
                "must be ENDS_WORK or HOLDS_WORK");
  const bool may_end =
      (stop.has_person_id() || stop.has_account_id()) && stop.reason() != v1::STOP_REASON_WORKPLACE;
  check.Require(stop.effect() != PlaceStop::EFFECT_ENDS_WORK || may_end, "place_stop.effect",
                "must not be ENDS_WORK for a contact point, a channel or the place of work");
  for (const int party : stop.spared_parties()) {
    const bool other =
        party == v1::PARTY_PROXY || party == v1::PARTY_RELATED || party == v1::PARTY_THIRD;
    check.Require(other, "place_stop.spared_parties", "must be PROXY, RELATED or THIRD");
  }
  check.Require(stop.spared_parties().empty() || HoldsWork(stop), "place_stop.spared_parties",
                "goes with effect HOLDS_WORK: nobody has the work otherwise");
}

}  // namespace

void CheckPlaceStop(const PlaceStop& stop, absl::Time now, FieldCheck& check) {
  CheckSubject(stop, check);
  CheckReason(stop, check);
  if (stop.has_begin_time())
    check.TimeUntil(stop.begin_time(), now, kBeginAheadMax, "place_stop.begin_time");
  if (stop.has_end_time()) {
    check.Time(stop.end_time(), "place_stop.end_time");
    const absl::Time end = TimeOf(stop.end_time());
    check.Require(end > now && (!stop.has_begin_time() || end > TimeOf(stop.begin_time())),
                  "place_stop.end_time", "must lie after now and after begin_time");
  }
  CheckEffect(stop, check);
}

// One stop on its way.
struct CoreStops::Placing {
  storage::Transaction& transaction;
  std::string_view actor;
  std::string_view event_id;
  const PlaceStop& stop;
  Receipt& receipt;

  void Record(Occurrence::What what, const stops::StopTerms& terms, std::string_view person_id,
              std::string_view account_id) const {
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
    Occurrence& occurrence = *event.mutable_occurrence();
    event.set_subject_id(std::string(event_id));
    event.set_person_id(std::string(person_id));
    event.set_account_id(std::string(account_id));
    stops::Describe(terms, occurrence);
    occurrence.set_what(what);
    if (stop.has_contact_point())
      occurrence.set_contact_point_id(stop.contact_point().contact_point_id());
    audit::Record(transaction, std::move(event));
  }

  // On a person or an account.
  stops::NewStop StopOn(const StopSubject& subject, const stops::StopTerms& terms,
                        bool known) const {
    stops::NewStop placed{event_id, subject, terms};
    placed.awaits_end = !known && !stop.has_end_time();
    return placed;
  }

  void Count(const permits::Withdrawn& withdrawn) const {
    receipt.set_withdrawn_assignments(static_cast<int32_t>(withdrawn.assignments));
    receipt.set_voided_permits(static_cast<int32_t>(withdrawn.voided_permits));
  }

  // Recorded all the same, so that it holds if the subject arrives later.
  void SubjectUnknown() const {
    receipt.set_status(v1::PostEventsResponse::STATUS_UNKNOWN_SUBJECT);
  }
};

absl::Status CoreStops::Place(storage::Transaction& transaction, std::string_view actor,
                              std::string_view event_id, const PlaceStop& stop,
                              Receipt& receipt) const {
  const Placing placing{transaction, actor, event_id, stop, receipt};
  if (stop.has_account_id()) return PlaceOnAccount(placing, stop.account_id());
  if (stop.has_person_id()) return PlaceOnPerson(placing, stop.person_id());
  return stop.has_person_channel() ? PlaceOnChannel(placing) : PlaceOnContactPoint(placing);
}

// `person_id`: empty if the stop lies on no whole person or account, or nobody knows whose it is.
absl::StatusOr<stops::StopTerms> CoreStops::TermsFor(const Placing& placing,
                                                     const std::string& person_id) const {
  const PlaceStop& stop = placing.stop;
  const absl::Time now = placing.transaction.now();
  const absl::Time begin = stop.has_begin_time() ? TimeOf(stop.begin_time()) : now;
  stops::StopTerms terms;
  terms.reason = stop.reason();
  terms.origin = placing.actor;
  terms.begin_time_us = absl::ToUnixMicros(begin);
  terms.keep_work = HoldsWork(stop);
  for (const int party : stop.spared_parties()) terms.spared.Add(static_cast<v1::Party>(party));
  if (stop.has_end_time()) {
    terms.end_time_us = absl::ToUnixMicros(TimeOf(stop.end_time()));
    return terms;
  }
  if (person_id.empty()) return terms;
  storage::Connection& connection = placing.transaction.connection();
  ASSIGN_OR_RETURN(const v1::Person person, book_.ReadPerson(connection, person_id));
  ASSIGN_OR_RETURN(const absl::Time end,
                   ends_.EndOf(connection, person, terms.reason, begin, /*placed=*/now, now));
  if (end != absl::InfiniteFuture()) terms.end_time_us = absl::ToUnixMicros(end);
  return terms;
}

absl::Status CoreStops::PlaceOnAccount(const Placing& placing,
                                       const std::string& account_id) const {
  storage::Transaction& transaction = placing.transaction;
  ASSIGN_OR_RETURN(const auto known, book_.HoldOwner(transaction, account_id));
  ASSIGN_OR_RETURN(const stops::StopTerms terms,
                   TermsFor(placing, known.has_value() ? known->person_id : ""));
  placing.Record(Occurrence::WHAT_STOP, terms, "", account_id);
  RETURN_IF_ERROR(stops::PlaceStop(
      transaction, placing.StopOn(StopSubject::Account(account_id), terms, known.has_value())));
  if (!known.has_value()) {
    placing.SubjectUnknown();
    return absl::OkStatus();
  }
  permits::Withdrawn withdrawn;
  assignments::Changes changes(transaction, sealer_, ids_, std::string(placing.actor));
  RETURN_IF_ERROR(permits::StopWork(transaction, changes, placing.actor, known->person_id,
                                    account_id, terms, &withdrawn));
  placing.Count(withdrawn);
  return absl::OkStatus();
}

absl::Status CoreStops::PlaceOnPerson(const Placing& placing, const std::string& person_id) const {
  storage::Transaction& transaction = placing.transaction;
  ASSIGN_OR_RETURN(const bool known, book_.HoldPerson(transaction, person_id));
  ASSIGN_OR_RETURN(const stops::StopTerms terms, TermsFor(placing, known ? person_id : ""));
  placing.Record(Occurrence::WHAT_STOP, terms, person_id, "");
  RETURN_IF_ERROR(
      stops::PlaceStop(transaction, placing.StopOn(StopSubject::Person(person_id), terms, known)));
  if (!known) {
    placing.SubjectUnknown();
    return absl::OkStatus();
  }
  permits::Withdrawn withdrawn;
  assignments::Changes changes(transaction, sealer_, ids_, std::string(placing.actor));
  RETURN_IF_ERROR(
      permits::StopWork(transaction, changes, placing.actor, person_id, "", terms, &withdrawn));
  // Behind it: who waits for a number is later than the stop.
  if (terms.reason == v1::STOP_REASON_CEASE) {
    ASSIGN_OR_RETURN(const int64_t of_numbers, CeaseNumbers(placing, person_id, terms));
    withdrawn.voided_permits += of_numbers;
  }
  RETURN_IF_ERROR(permits::StopMovedAccounts(transaction, changes, book_, placing.actor, person_id,
                                             terms, &withdrawn));
  placing.Count(withdrawn);
  return absl::OkStatus();
}

// Who asks to be left alone is left alone on every number that leads there.
absl::StatusOr<int64_t> CoreStops::CeaseNumbers(const Placing& placing,
                                                const std::string& person_id,
                                                const stops::StopTerms& terms) const {
  ASSIGN_OR_RETURN(const v1::Person person,
                   book_.ReadPerson(placing.transaction.connection(), person_id));
  std::set<std::string> numbers;
  for (const auto& point : person.contact_points()) numbers.insert(book_.NumberDigest(point));
  int64_t voided = 0;
  for (const std::string& number : numbers) {
    ASSIGN_OR_RETURN(const int64_t of_number,
                     permits::StopNumber(placing.transaction, book_, placing.actor,
                                         placing.event_id, person_id, number, terms));
    voided += of_number;
  }
  return voided;
}

absl::Status CoreStops::PlaceOnContactPoint(const Placing& placing) const {
  storage::Transaction& transaction = placing.transaction;
  const std::string& person_id = placing.stop.contact_point().person_id();
  const std::string& point_id = placing.stop.contact_point().contact_point_id();
  RETURN_IF_ERROR(book_.HoldPerson(transaction, person_id).status());
  ASSIGN_OR_RETURN(const stops::StopTerms terms, TermsFor(placing, ""));
  placing.Record(Occurrence::WHAT_CONTACT_POINT_STOP, terms, person_id, "");
  RETURN_IF_ERROR(stops::PlaceStop(
      transaction, {placing.event_id, StopSubject::ContactPoint(person_id, point_id), terms}));
  permits::PermitFilter filter;
  filter.person_id = person_id;
  filter.contact_point_id = point_id;
  permits::Withdrawn withdrawn;
  ASSIGN_OR_RETURN(withdrawn.voided_permits,
                   permits::VoidPermits(transaction, placing.actor, filter));
  const auto person = book_.ReadPerson(transaction.connection(), person_id);
  if (!person.ok() && !absl::IsNotFound(person.status())) return person.status();
  bool known = false;
  if (person.ok()) {
    for (const auto& point : person->contact_points()) {
      if (point.contact_point_id() != point_id) continue;
      known = true;
      ASSIGN_OR_RETURN(const int64_t more,
                       permits::StopNumber(transaction, book_, placing.actor, placing.event_id,
                                           person_id, book_.NumberDigest(point), terms));
      withdrawn.voided_permits += more;
    }
  }
  if (!known) placing.SubjectUnknown();
  placing.Count(withdrawn);
  return absl::OkStatus();
}

absl::Status CoreStops::PlaceOnChannel(const Placing& placing) const {
  storage::Transaction& transaction = placing.transaction;
  const std::string& person_id = placing.stop.person_channel().person_id();
  ASSIGN_OR_RETURN(const bool known, book_.HoldPerson(transaction, person_id));
  if (!known) placing.SubjectUnknown();
  ASSIGN_OR_RETURN(const stops::StopTerms terms, TermsFor(placing, ""));
  permits::Withdrawn withdrawn;
  ASSIGN_OR_RETURN(withdrawn.voided_permits,
                   permits::StopChannel(transaction, book_,
                                        audit::Event(v1::AuditEvent::KIND_EVENT, placing.actor),
                                        placing.event_id, person_id,
                                        placing.stop.person_channel().channel(), terms));
  placing.Count(withdrawn);
  return absl::OkStatus();
}

absl::Status CoreStops::EndAccount(storage::Transaction& transaction, std::string_view actor,
                                   const stops::NewStop& stop,
                                   const std::optional<book::KnownAccount>& known,
                                   v1::WithdrawReason shown, Receipt& receipt) const {
  const std::string& account_id = stop.subject.id;
  RETURN_IF_ERROR(stops::PlaceStop(transaction, stop));
  if (!known.has_value()) {
    receipt.set_status(v1::PostEventsResponse::STATUS_UNKNOWN_SUBJECT);
    return absl::OkStatus();
  }
  permits::Withdrawn withdrawn;
  assignments::Changes changes(transaction, sealer_, ids_, std::string(actor));
  RETURN_IF_ERROR(permits::WithdrawAll(transaction, changes, actor, known->person_id, account_id,
                                       shown, &withdrawn));
  receipt.set_withdrawn_assignments(static_cast<int32_t>(withdrawn.assignments));
  receipt.set_voided_permits(static_cast<int32_t>(withdrawn.voided_permits));
  return absl::OkStatus();
}

}  // namespace switchboard::ingest

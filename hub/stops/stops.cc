#include "hub/stops/stops.h"

#include <algorithm>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/terms_change.h"

namespace switchboard::stops {
namespace {

using storage::Row;

constexpr char kInsert[] =
    "INSERT INTO stop (stop_id, subject_kind, subject, origin, reason, begin_time, end_time, "
    "awaits_end, keep_work, spared, place_time, settle_time, lift_time) VALUES ($1, $2, $3, $4, "
    "$5, $6, $7, $8, $9, $10, $11, $12, NULL)";
// A payment ends with newer data, a closure never, an operator's stop by an operator.
constexpr char kLift[] =
    "UPDATE stop SET lift_time = $1 WHERE stop_id = $2 AND lift_time IS NULL "
    "AND reason NOT IN ($3, $4, $5)";
constexpr char kLiftFrom[] =
    "UPDATE stop SET lift_time = $1 WHERE stop_id = $2 AND subject_kind = $3 AND subject = $4 AND "
    "lift_time IS NULL";
constexpr char kLiftOfSubject[] =
    "UPDATE stop SET lift_time = $1 WHERE subject = $2 AND subject_kind = $3 AND reason = $4 AND "
    "lift_time IS NULL";
constexpr char kSettle[] =
    "UPDATE stop SET lift_time = $1 WHERE subject = $2 AND subject_kind = $3 AND reason = $4 AND "
    "lift_time IS NULL AND settle_time < $5";
constexpr char kSelectOne[] = "SELECT 1 FROM stop WHERE stop_id = $1 LIMIT 1";
constexpr char kSelectInForce[] =
    "SELECT 1 FROM stop WHERE stop_id = $1 AND lift_time IS NULL AND (end_time IS NULL OR end_time "
    "> $2) LIMIT 1";
constexpr char kSelectOneOfKinds[] =
    "SELECT 1 FROM stop WHERE stop_id = $1 AND subject_kind IN ($2, $3) LIMIT 1";
constexpr char kSetEnd[] =
    "UPDATE stop SET end_time = $1, awaits_end = 0 WHERE stop_id = $2 AND subject_kind = $3 AND "
    "subject = $4";
#define STOP_COLUMNS "stop_id, origin, reason, begin_time, end_time, keep_work, spared, place_time"
constexpr char kSelectOfSubjects[] =
    "SELECT " STOP_COLUMNS
    ", n FROM rows($1) CROSS JOIN stop WHERE subject = c1 AND subject_kind = "
    "c2 AND lift_time IS NULL AND (end_time IS NULL OR end_time > $2) ORDER BY n";
// Those that lay there at $2, by what was known then.
#define STOPS_THEN(lifted)                                                          \
  "SELECT " STOP_COLUMNS                                                            \
  ", n FROM rows($1) CROSS JOIN stop WHERE subject = c1 AND subject_kind = c2 AND " \
  "place_time <= $2 AND (end_time IS NULL OR end_time > $2) AND lift_time " lifted
constexpr char kSelectThenNotLifted[] = STOPS_THEN("IS NULL");
constexpr char kSelectThenLifted[] = STOPS_THEN("IS NOT NULL AND lift_time > $2");
constexpr char kSelectAwaiting[] =
    "SELECT " STOP_COLUMNS
    " FROM stop WHERE subject = $1 AND subject_kind = $2 AND lift_time IS NULL AND awaits_end = 1";
// By an index of its own: all stops that were ever placed are many, those of vendors few.
constexpr char kSelectOfVendors[] =
    "SELECT " STOP_COLUMNS
    ", subject FROM stop WHERE subject_kind = 4 AND lift_time IS NULL AND (end_time IS NULL OR "
    "end_time > $1) ORDER BY subject";
static_assert(static_cast<int>(StopSubject::Kind::kVendor) == 4);
// How many columns STOP_COLUMNS are.
constexpr int kStopColumns = 8;

int64_t Number(StopSubject::Kind kind) { return static_cast<int64_t>(kind); }

Stop FromRow(const Row& row, const StopSubject& subject) {
  Stop stop;
  stop.stop_id = row.Text(0);
  stop.origin = row.Text(1);
  stop.reason = static_cast<v1::StopReason>(row.Integer(2));
  stop.begin_time_us = row.Integer(3);
  if (!row.IsNull(4)) stop.end_time_us = row.Integer(4);
  stop.keep_work = row.Integer(5) != 0;
  stop.spared = SparedParties(row.Integer(6));
  stop.place_time_us = row.Integer(7);
  stop.subject = subject;
  return stop;
}

storage::Value OrNull(int64_t time_us) {
  return time_us == 0 ? storage::Value(nullptr) : storage::Value(time_us);
}

absl::StatusOr<bool> AnyRow(storage::Connection& connection, const char* sql,
                            std::initializer_list<storage::Value> values) {
  bool any = false;
  RETURN_IF_ERROR(connection.Query(sql, values, [&](const Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

// Only operators stop vendors, and LiftStop lifts no stop of an operator's.
void NoteTerms(storage::Transaction& transaction, const StopSubject& subject) {
  if (subject.kind == StopSubject::Kind::kVendor) book::NoteTermsChange(transaction);
}

}  // namespace

bool HoldsWorkByItself(v1::StopReason reason) {
  switch (reason) {
    case v1::STOP_REASON_BREATHING_SPACE:
    case v1::STOP_REASON_MENTAL_HEALTH_CRISIS:
    case v1::STOP_REASON_ADVISER_PLAN:
    case v1::STOP_REASON_HARDSHIP_PAUSE:
    case v1::STOP_REASON_COMPLAINT:
    case v1::STOP_REASON_CONSENT_WITHDRAWN:
    case v1::STOP_REASON_WORKPLACE:
      return true;
    default:
      return false;
  }
}

void Describe(const StopTerms& terms, v1::AuditEvent::Occurrence& occurrence) {
  occurrence.set_reason(terms.reason);
  occurrence.set_end_us(terms.end_time_us);
  occurrence.set_holds_work(terms.keep_work);
  for (const v1::Party party : {v1::PARTY_PROXY, v1::PARTY_RELATED, v1::PARTY_THIRD})
    if (terms.spared.Has(party)) occurrence.add_spared_parties(party);
}

absl::Status PlaceStop(storage::Transaction& transaction, const NewStop& stop) {
  NoteTerms(transaction, stop.subject);
  const StopTerms& terms = stop.terms;
  SWITCHBOARD_ASSERT(!terms.origin.empty());
  const int64_t placed = stop.place_time_us == 0 ? transaction.now_us() : stop.place_time_us;
  return transaction
      .Execute(kInsert, {stop.stop_id, Number(stop.subject.kind), stop.subject.id, terms.origin,
                         static_cast<int64_t>(terms.reason),
                         terms.begin_time_us == 0 ? placed : terms.begin_time_us,
                         OrNull(terms.end_time_us), stop.awaits_end, terms.keep_work,
                         terms.spared.bits(), placed, OrNull(stop.settle_time_us)})
      .status();
}

absl::StatusOr<bool> StopKnown(storage::Connection& connection, std::string_view stop_id) {
  return AnyRow(connection, kSelectOne, {stop_id});
}

absl::StatusOr<bool> StopInForce(storage::Connection& connection, std::string_view stop_id,
                                 absl::Time now) {
  return AnyRow(connection, kSelectInForce, {stop_id, absl::ToUnixMicros(now)});
}

absl::StatusOr<bool> LiesOnNumber(storage::Connection& connection, std::string_view stop_id) {
  return AnyRow(
      connection, kSelectOneOfKinds,
      {stop_id, Number(StopSubject::Kind::kNumber), Number(StopSubject::Kind::kNumberOfPerson)});
}

absl::StatusOr<bool> LiftStop(storage::Transaction& transaction, std::string_view stop_id) {
  ASSIGN_OR_RETURN(const int64_t lifted,
                   transaction.Execute(kLift, {transaction.now_us(), stop_id,
                                               static_cast<int64_t>(v1::STOP_REASON_PAYMENT),
                                               static_cast<int64_t>(v1::STOP_REASON_CLOSED),
                                               static_cast<int64_t>(v1::STOP_REASON_OPERATOR)}));
  return lifted > 0;
}

absl::Status LiftFrom(storage::Transaction& transaction, std::string_view stop_id,
                      const StopSubject& subject) {
  NoteTerms(transaction, subject);
  return transaction
      .Execute(kLiftFrom, {transaction.now_us(), stop_id, Number(subject.kind), subject.id})
      .status();
}

absl::Status ExtendToAccount(storage::Transaction& transaction, std::string_view actor,
                             std::string_view person_id, std::string_view account_id) {
  storage::Connection& connection = transaction.connection();
  const StopSubject account = StopSubject::Account(account_id);
  ASSIGN_OR_RETURN(const auto of_person,
                   StopsOn(connection, {StopSubject::Person(person_id)}, transaction.now()));
  ASSIGN_OR_RETURN(const auto of_account, StopsOn(connection, {account}, transaction.now()));
  for (const Stop& stop : of_person) {
    const bool lies_there =
        std::any_of(of_account.begin(), of_account.end(),
                    [&stop](const Stop& other) { return other.stop_id == stop.stop_id; });
    if (lies_there) continue;
    RETURN_IF_ERROR(PlaceStop(transaction, {stop.stop_id, account, stop.terms()}));
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
    event.set_account_id(account.id);
    event.mutable_occurrence()->set_what(v1::AuditEvent::Occurrence::WHAT_STOP);
    event.mutable_occurrence()->set_stop_id(stop.stop_id);
    Describe(stop, *event.mutable_occurrence());
    audit::Record(transaction, std::move(event));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Stop>> StopsAwaitingEnd(storage::Connection& connection,
                                                   const StopSubject& subject) {
  std::vector<Stop> found;
  RETURN_IF_ERROR(
      connection.Query(kSelectAwaiting, {subject.id, Number(subject.kind)}, [&](const Row& row) {
        found.push_back(FromRow(row, subject));
        return absl::OkStatus();
      }));
  return found;
}

absl::Status EndStop(storage::Transaction& transaction, const Stop& stop, int64_t end_time_us) {
  return transaction
      .Execute(kSetEnd,
               {OrNull(end_time_us), stop.stop_id, Number(stop.subject.kind), stop.subject.id})
      .status();
}

absl::Status LiftStops(storage::Transaction& transaction, const StopSubject& subject,
                       v1::StopReason reason) {
  NoteTerms(transaction, subject);
  return transaction
      .Execute(kLiftOfSubject, {transaction.now_us(), subject.id, Number(subject.kind),
                                static_cast<int64_t>(reason)})
      .status();
}

absl::StatusOr<int64_t> SettlePayments(storage::Transaction& transaction, std::string_view actor,
                                       std::string_view account_id, int64_t as_of_us) {
  ASSIGN_OR_RETURN(
      const int64_t settled,
      transaction.Execute(kSettle,
                          {transaction.now_us(), account_id, Number(StopSubject::Kind::kAccount),
                           static_cast<int64_t>(v1::STOP_REASON_PAYMENT), as_of_us}));
  if (settled == 0) return settled;
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
  event.set_account_id(std::string(account_id));
  event.set_count(settled);
  event.mutable_occurrence()->set_what(v1::AuditEvent::Occurrence::WHAT_PAYMENT_SETTLED);
  event.mutable_occurrence()->set_settled_until_us(as_of_us);
  audit::Record(transaction, std::move(event));
  return settled;
}

namespace {

absl::Status FindAt(storage::Connection& connection, const char* sql,
                    const std::vector<StopSubject>& subjects, absl::Time time,
                    std::vector<Stop>& found) {
  storage::Rows rows({storage::Value::Kind::kText, storage::Value::Kind::kInteger},
                     subjects.size());
  for (const StopSubject& subject : subjects) rows.Add({subject.id, Number(subject.kind)});
  return connection.Query(sql, {rows, absl::ToUnixMicros(time)}, [&](const Row& row) {
    const auto n = static_cast<size_t>(row.Integer(kStopColumns));
    found.push_back(FromRow(row, subjects[n - 1]));
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<std::vector<Stop>> StopsOn(storage::Connection& connection,
                                          const std::vector<StopSubject>& subjects,
                                          absl::Time now) {
  std::vector<Stop> found;
  RETURN_IF_ERROR(FindAt(connection, kSelectOfSubjects, subjects, now, found));
  return found;
}

absl::StatusOr<std::vector<Stop>> StopsThen(storage::Connection& connection,
                                            const std::vector<StopSubject>& subjects,
                                            absl::Time then) {
  std::vector<Stop> found;
  RETURN_IF_ERROR(FindAt(connection, kSelectThenNotLifted, subjects, then, found));
  RETURN_IF_ERROR(FindAt(connection, kSelectThenLifted, subjects, then, found));
  return found;
}

absl::StatusOr<std::vector<StopSubject>> StoppedAmong(storage::Connection& connection,
                                                      const std::vector<StopSubject>& subjects,
                                                      absl::Time now) {
  ASSIGN_OR_RETURN(const auto found, StopsOn(connection, subjects, now));
  std::vector<StopSubject> stopped;
  for (const Stop& stop : found) {
    if (stopped.empty() || stopped.back() != stop.subject) stopped.push_back(stop.subject);
  }
  return stopped;
}

absl::StatusOr<std::vector<Stop>> StoppedVendors(storage::Connection& connection, absl::Time now) {
  std::vector<Stop> found;
  RETURN_IF_ERROR(
      connection.Query(kSelectOfVendors, {absl::ToUnixMicros(now)}, [&](const Row& row) {
        found.push_back(FromRow(row, StopSubject::Vendor(row.Text(kStopColumns))));
        return absl::OkStatus();
      }));
  return found;
}

}  // namespace switchboard::stops

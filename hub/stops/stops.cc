#include "hub/stops/stops.h"

#include <algorithm>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/terms_change.h"

namespace switchboard::stops {
namespace {

using storage::Row;

constexpr char kInsert[] =
    "INSERT INTO stop (stop_id, subject_kind, subject, reason, place_time, settle_time, keep_work, "
    "lift_time) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
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
constexpr char kSelectOne[] = "SELECT lift_time FROM stop WHERE stop_id = $1";
constexpr char kSelectOneOfKinds[] =
    "SELECT 1 FROM stop WHERE stop_id = $1 AND subject_kind IN ($2, $3) LIMIT 1";
constexpr char kSelectOfSubjects[] =
    "SELECT stop_id, reason, place_time, keep_work, n FROM rows($1) CROSS JOIN stop WHERE subject "
    "= c1 AND subject_kind = c2 AND lift_time IS NULL ORDER BY n";
constexpr char kSelectOfKind[] =
    "SELECT stop_id, reason, place_time, keep_work, subject FROM stop WHERE subject_kind = $1 AND "
    "lift_time IS NULL "
    "ORDER BY subject";

int64_t Number(StopSubject::Kind kind) { return static_cast<int64_t>(kind); }

Stop FromRow(const Row& row, const StopSubject& subject) {
  return {std::string(row.Text(0)), subject, static_cast<v1::StopReason>(row.Integer(1)),
          row.Integer(2), row.Integer(3) != 0};
}

// Only operators stop vendors, and LiftStop lifts no stop of an operator's.
void NoteTerms(storage::Transaction& transaction, const StopSubject& subject) {
  if (subject.kind == StopSubject::Kind::kVendor) book::NoteTermsChange(transaction);
}

}  // namespace

absl::Status PlaceStop(storage::Transaction& transaction, const NewStop& stop) {
  NoteTerms(transaction, stop.subject);
  return transaction
      .Execute(kInsert, {stop.stop_id, Number(stop.subject.kind), stop.subject.id,
                         static_cast<int64_t>(stop.reason),
                         stop.place_time_us == 0 ? transaction.now_us() : stop.place_time_us,
                         stop.settle_time_us == 0 ? storage::Value(nullptr)
                                                  : storage::Value(stop.settle_time_us),
                         stop.keep_work})
      .status();
}

absl::StatusOr<bool> StopKnown(storage::Connection& connection, std::string_view stop_id) {
  bool known = false;
  RETURN_IF_ERROR(connection.Query(kSelectOne, {stop_id}, [&](const Row&) {
    known = true;
    return absl::OkStatus();
  }));
  return known;
}

absl::StatusOr<bool> StopInForce(storage::Connection& connection, std::string_view stop_id) {
  bool in_force = false;
  RETURN_IF_ERROR(connection.Query(kSelectOne, {stop_id}, [&](const Row& row) {
    in_force = in_force || row.IsNull(0);
    return absl::OkStatus();
  }));
  return in_force;
}

absl::StatusOr<bool> LiesOnNumber(storage::Connection& connection, std::string_view stop_id) {
  bool found = false;
  RETURN_IF_ERROR(connection.Query(
      kSelectOneOfKinds,
      {stop_id, Number(StopSubject::Kind::kNumber), Number(StopSubject::Kind::kNumberOfPerson)},
      [&](const Row&) {
        found = true;
        return absl::OkStatus();
      }));
  return found;
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
  ASSIGN_OR_RETURN(const auto of_person, StopsOn(connection, {StopSubject::Person(person_id)}));
  ASSIGN_OR_RETURN(const auto of_account, StopsOn(connection, {account}));
  for (const Stop& stop : of_person) {
    const bool lies_there =
        std::any_of(of_account.begin(), of_account.end(),
                    [&stop](const Stop& other) { return other.stop_id == stop.stop_id; });
    if (lies_there) continue;
    RETURN_IF_ERROR(PlaceStop(transaction, {stop.stop_id, account, stop.reason}));
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
    event.set_account_id(account.id);
    event.mutable_occurrence()->set_what(v1::AuditEvent::Occurrence::WHAT_STOP);
    event.mutable_occurrence()->set_reason(stop.reason);
    event.mutable_occurrence()->set_stop_id(stop.stop_id);
    audit::Record(transaction, std::move(event));
  }
  return absl::OkStatus();
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

absl::StatusOr<std::vector<Stop>> StopsOn(storage::Connection& connection,
                                          const std::vector<StopSubject>& subjects) {
  storage::Rows rows({storage::Value::Kind::kText, storage::Value::Kind::kInteger},
                     subjects.size());
  for (const StopSubject& subject : subjects) rows.Add({subject.id, Number(subject.kind)});
  std::vector<Stop> found;
  RETURN_IF_ERROR(connection.Query(kSelectOfSubjects, {rows}, [&](const Row& row) {
    found.push_back(FromRow(row, subjects[static_cast<size_t>(row.Integer(4) - 1)]));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<StopSubject>> StoppedAmong(storage::Connection& connection,
                                                      const std::vector<StopSubject>& subjects) {
  ASSIGN_OR_RETURN(const auto found, StopsOn(connection, subjects));
  std::vector<StopSubject> stopped;
  for (const Stop& stop : found) {
    if (stopped.empty() || stopped.back() != stop.subject) stopped.push_back(stop.subject);
  }
  return stopped;
}

absl::StatusOr<std::vector<Stop>> StoppedVendors(storage::Connection& connection) {
  std::vector<Stop> found;
  RETURN_IF_ERROR(
      connection.Query(kSelectOfKind, {Number(StopSubject::Kind::kVendor)}, [&](const Row& row) {
        found.push_back(FromRow(row, StopSubject::Vendor(row.Text(4))));
        return absl::OkStatus();
      }));
  return found;
}

}  // namespace switchboard::stops

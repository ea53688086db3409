#include "hub/stops/stops.h"

#include <algorithm>

#include "hub/base/error.h"

namespace switchboard::stops {
namespace {

constexpr char kInsert[] =
    "INSERT INTO stop (stop_id, subject_kind, subject, reason, place_time, lift_time) VALUES ($1, "
    "$2, $3, $4, $5, NULL)";
// A payment ends with what the core sends next, a closure never, an operator's stop by an operator.
constexpr char kLift[] =
    "UPDATE stop SET lift_time = $1 WHERE stop_id = $2 AND lift_time IS NULL "
    "AND reason NOT IN ($3, $4, $5)";
constexpr char kLiftOfSubject[] =
    "UPDATE stop SET lift_time = $1 WHERE subject = $2 AND subject_kind = $3 AND reason = $4 AND "
    "lift_time IS NULL";
constexpr char kSelectOne[] = "SELECT subject, subject_kind FROM stop WHERE stop_id = $1";
constexpr char kSelectOfSubject[] =
    "SELECT 1 FROM stop WHERE subject = $1 AND subject_kind = $2 AND lift_time IS NULL LIMIT 1";

}  // namespace

absl::Status PlaceStop(storage::Transaction& transaction, std::string_view stop_id,
                       const StopSubject& subject, v1::StopReason reason) {
  return transaction
      .Execute(kInsert, {stop_id, static_cast<int64_t>(subject.kind), subject.id,
                         static_cast<int64_t>(reason), transaction.now_us()})
      .status();
}

absl::StatusOr<bool> LiftStop(storage::Transaction& transaction, std::string_view stop_id) {
  ASSIGN_OR_RETURN(const int64_t lifted,
                   transaction.Execute(kLift, {transaction.now_us(), stop_id,
                                               static_cast<int64_t>(v1::STOP_REASON_PAYMENT),
                                               static_cast<int64_t>(v1::STOP_REASON_CLOSED),
                                               static_cast<int64_t>(v1::STOP_REASON_OPERATOR)}));
  return lifted > 0;
}

absl::StatusOr<bool> LiftStopOn(storage::Transaction& transaction, std::string_view stop_id,
                                const std::vector<StopSubject>& subjects) {
  bool fits = false;
  RETURN_IF_ERROR(transaction.Query(kSelectOne, {stop_id}, [&](const storage::Row& row) {
    const StopSubject lies_on{static_cast<StopSubject::Kind>(row.Integer(1)),
                              std::string(row.Text(0))};
    fits = std::find(subjects.begin(), subjects.end(), lies_on) != subjects.end();
    return absl::OkStatus();
  }));
  if (!fits) return false;
  return LiftStop(transaction, stop_id);
}

absl::StatusOr<bool> StopKnown(storage::Connection& connection, std::string_view stop_id) {
  bool known = false;
  RETURN_IF_ERROR(connection.Query(kSelectOne, {stop_id}, [&](const storage::Row&) {
    known = true;
    return absl::OkStatus();
  }));
  return known;
}

absl::Status LiftStops(storage::Transaction& transaction, const StopSubject& subject,
                       v1::StopReason reason) {
  return transaction
      .Execute(kLiftOfSubject, {transaction.now_us(), subject.id,
                                static_cast<int64_t>(subject.kind), static_cast<int64_t>(reason)})
      .status();
}

// A look-up per subject: a list in one statement would make SQLite build a temporary table each
// time, which costs more than all the look-ups.
absl::StatusOr<std::vector<StopSubject>> StoppedAmong(storage::Connection& connection,
                                                      const std::vector<StopSubject>& subjects) {
  std::vector<std::vector<storage::Value>> sets;
  sets.reserve(subjects.size());
  for (const StopSubject& subject : subjects)
    sets.push_back({subject.id, static_cast<int64_t>(subject.kind)});
  std::vector<StopSubject> stopped;
  RETURN_IF_ERROR(
      connection.QueryMany(kSelectOfSubject, sets, [&](size_t set, const storage::Row&) {
        stopped.push_back(subjects[set]);
        return absl::OkStatus();
      }));
  return stopped;
}

}  // namespace switchboard::stops

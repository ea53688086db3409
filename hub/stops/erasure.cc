#include "hub/stops/erasure.h"

#include "hub/base/error.h"
#include "hub/stops/stops.h"

namespace switchboard::stops {
namespace {

using storage::Row;
using storage::Value;

constexpr char kErasePermits[] =
    "DELETE FROM permit WHERE account_id = $1 AND assignment_id = $2 RETURNING permit_id";
constexpr char kSelectStops[] =
    "SELECT stop_id, lift_time FROM stop WHERE stop_id > $1 ORDER BY stop_id LIMIT $2";
constexpr char kEraseStop[] =
    "DELETE FROM stop WHERE stop_id = $1 AND lift_time IS NOT NULL AND lift_time <= $2";
constexpr char kSelectEvents[] =
    "SELECT e.event_id, e.event_time, s.stop_id FROM core_event e LEFT JOIN stop s ON s.stop_id = "
    "e.event_id WHERE e.event_id > $1 ORDER BY e.event_id LIMIT $2";
constexpr char kEraseEvent[] =
    "DELETE FROM core_event WHERE event_id = $1 AND event_time <= $2 AND NOT EXISTS (SELECT 1 FROM "
    "stop WHERE stop.stop_id = core_event.event_id)";

// `is_old` says of a row whether it may be erased; its id is column 0.
template <typename IsOld>
absl::StatusOr<OldPage> ReadPage(storage::Connection& connection, const char* sql,
                                 std::string_view after, int limit, IsOld is_old) {
  OldPage page;
  RETURN_IF_ERROR(connection.Query(sql, {after, limit}, [&](const Row& row) {
    ++page.rows;
    page.last_id = row.Text(0);
    if (is_old(row)) page.old_ids.push_back(page.last_id);
    return absl::OkStatus();
  }));
  if (page.rows < limit) page.last_id.clear();
  return page;
}

absl::StatusOr<int64_t> EraseEach(storage::Transaction& transaction, const char* sql,
                                  const std::vector<std::string>& ids, int64_t until_us) {
  std::vector<std::vector<Value>> sets;
  for (const std::string& id : ids) sets.push_back({id, until_us});
  return transaction.connection().ExecuteMany(sql, sets);
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> ErasePermits(
    storage::Transaction& transaction, const std::vector<assignments::EndedAssignment>& assignments) {
  std::vector<std::vector<Value>> sets;
  for (const auto& one : assignments) sets.push_back({one.account_id, one.assignment_id});
  std::vector<int64_t> erased(assignments.size(), 0);
  RETURN_IF_ERROR(
      transaction.connection().QueryMany(kErasePermits, sets, [&](size_t set, const Row&) {
        ++erased[set];
        return absl::OkStatus();
      }));
  return erased;
}

absl::Status SettlePayments(storage::Transaction& transaction, std::string_view account_id) {
  return LiftStops(transaction, StopSubject::Account(account_id), v1::STOP_REASON_PAYMENT);
}

absl::StatusOr<OldPage> OldStops(storage::Connection& connection, std::string_view after,
                                 int64_t until_us, int limit) {
  return ReadPage(connection, kSelectStops, after, limit, [until_us](const Row& row) {
    return !row.IsNull(1) && row.Integer(1) <= until_us;
  });
}

absl::StatusOr<int64_t> EraseStops(storage::Transaction& transaction,
                                   const std::vector<std::string>& stop_ids, int64_t until_us) {
  return EraseEach(transaction, kEraseStop, stop_ids, until_us);
}

absl::StatusOr<OldPage> OldEvents(storage::Connection& connection, std::string_view after,
                                  int64_t until_us, int limit) {
  return ReadPage(connection, kSelectEvents, after, limit, [until_us](const Row& row) {
    return row.Integer(1) <= until_us && row.IsNull(2);
  });
}

absl::StatusOr<int64_t> EraseEvents(storage::Transaction& transaction,
                                    const std::vector<std::string>& event_ids, int64_t until_us) {
  return EraseEach(transaction, kEraseEvent, event_ids, until_us);
}

}  // namespace switchboard::stops

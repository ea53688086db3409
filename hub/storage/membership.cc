#include "hub/storage/membership.h"

#include "hub/base/error.h"

namespace switchboard::storage {
namespace {

constexpr char kTakePlace[] =
    "INSERT INTO hub (hub_id, epoch, start_time) VALUES ($1, 1, $2) ON CONFLICT (hub_id) DO UPDATE "
    "SET epoch = hub.epoch + 1, start_time = excluded.start_time RETURNING epoch";
// Whether any hub has had a place, and whether it was of a rehearsal.
constexpr char kSelectRehearsal[] =
    "SELECT (SELECT COUNT(*) FROM hub), (SELECT COUNT(*) FROM rehearsal)";
constexpr char kNoteRehearsal[] = "INSERT INTO rehearsal (note_time) VALUES ($1)";
constexpr char kEvictOthers[] = "UPDATE hub SET epoch = epoch + 1 WHERE hub_id <> $1";
constexpr char kSelectEpoch[] = "SELECT epoch FROM hub WHERE hub_id = $1";
constexpr char kTakeLease[] =
    "INSERT INTO lease (duty, hub_id, expire_time) VALUES ($1, $2, $3) ON CONFLICT (duty) DO "
    "UPDATE SET hub_id = excluded.hub_id, expire_time = excluded.expire_time "
    "WHERE lease.hub_id = excluded.hub_id OR lease.expire_time <= $4";
constexpr char kSelectLease[] = "SELECT hub_id, expire_time FROM lease WHERE duty = $1";

}  // namespace

absl::Status NoteRehearsal(WriterConnection& writer, bool rehearsal, int64_t now_us) {
  bool is_new = false;
  bool of_rehearsal = false;
  RETURN_IF_ERROR(writer.Query(kSelectRehearsal, {}, [&](const Row& row) {
    is_new = row.Integer(0) == 0;
    of_rehearsal = row.Integer(1) > 0;
    return absl::OkStatus();
  }));
  if (is_new && rehearsal && !of_rehearsal)
    return writer.Execute(kNoteRehearsal, {now_us}).status();
  if (of_rehearsal == rehearsal) return absl::OkStatus();
  if (rehearsal) {
    return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_OF_REAL_WORK",
                 "the database is of real work, whose times a rehearsal would mix up: begin the "
                 "rehearsal with a new database");
  }
  return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_OF_REHEARSAL",
               "the database is of a rehearsal: begin real work with a new database, or go on with "
               "the rehearsal by its configuration");
}

absl::StatusOr<int64_t> TakeHubPlace(WriterConnection& writer, std::string_view hub_id,
                                     int64_t now_us) {
  int64_t epoch = 0;
  RETURN_IF_ERROR(writer.Query(kTakePlace, {hub_id, now_us}, [&](const Row& row) {
    epoch = row.Integer(0);
    return absl::OkStatus();
  }));
  return epoch;
}

absl::Status CheckHubPlace(Connection& connection, std::string_view hub_id, int64_t epoch) {
  int64_t found = 0;
  RETURN_IF_ERROR(connection.Query(kSelectEpoch, {hub_id}, [&](const Row& row) {
    found = row.Integer(0);
    return absl::OkStatus();
  }));
  return found == epoch ? absl::OkStatus() : HubPlaceTaken();
}

absl::Status EvictOtherHubs(Transaction& transaction, std::string_view hub_id) {
  return transaction.Execute(kEvictOthers, {hub_id}).status();
}

absl::Status HubPlaceTaken() {
  return Error(absl::StatusCode::kUnavailable, "HUB_ID_TAKEN",
               "another hub was started under this hub_id, which must be of one alone; try another "
               "hub");
}

absl::StatusOr<bool> TakeLease(Transaction& transaction, std::string_view duty,
                               std::string_view hub_id, absl::Duration term) {
  ASSIGN_OR_RETURN(
      const int64_t taken,
      transaction.Execute(kTakeLease, {duty, hub_id, absl::ToUnixMicros(transaction.now() + term),
                                       transaction.now_us()}));
  return taken > 0;
}

absl::StatusOr<bool> LeaseIsFree(Connection& connection, std::string_view duty,
                                 std::string_view hub_id, absl::Time now) {
  bool free = true;
  RETURN_IF_ERROR(connection.Query(kSelectLease, {duty}, [&](const Row& row) {
    free = row.Text(0) == hub_id || row.Integer(1) <= absl::ToUnixMicros(now);
    return absl::OkStatus();
  }));
  return free;
}

}  // namespace switchboard::storage

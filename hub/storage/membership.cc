#include "hub/storage/membership.h"

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/storage/counter.h"

namespace switchboard::storage {
namespace {

// What it seals by it says once it has its place (Sealer::NoteSealing).
constexpr char kTakePlace[] =
    "INSERT INTO hub (hub_id, epoch, start_time, sealing_key, opens) VALUES ($1, 1, $2, 0, '') ON "
    "CONFLICT (hub_id) DO UPDATE SET epoch = hub.epoch + 1, start_time = excluded.start_time "
    "RETURNING epoch";
constexpr char kSelectHub[] = "SELECT 1 FROM hub LIMIT 1";
constexpr char kSelectRehearsal[] = "SELECT begin_time, clock_time, speed FROM rehearsal";
constexpr char kNoteRehearsal[] =
    "INSERT INTO rehearsal (begin_time, clock_time, speed) VALUES ($1, $2, $3)";
constexpr char kEvictOthers[] =
    "UPDATE hub SET epoch = epoch + 1, sealing_key = 0 WHERE hub_id <> $1";
constexpr char kEvict[] = "UPDATE hub SET epoch = epoch + 1, sealing_key = 0 WHERE hub_id = $1";
// Asked in every commit.
constexpr char kSelectEpoch[] =
    "SELECT h.epoch, c.value FROM hub h LEFT JOIN counter c ON c.name = 'data_key/floor' WHERE "
    "h.hub_id = $1";
constexpr char kKeyFloor[] = "data_key/floor";
constexpr char kTakeLease[] =
    "INSERT INTO lease (duty, hub_id, expire_time) VALUES ($1, $2, $3) ON CONFLICT (duty) DO "
    "UPDATE SET hub_id = excluded.hub_id, expire_time = excluded.expire_time "
    "WHERE lease.hub_id = excluded.hub_id OR lease.expire_time <= $4";
constexpr char kSelectLease[] = "SELECT hub_id, expire_time FROM lease WHERE duty = $1";

}  // namespace

absl::Status NoteRehearsal(WriterConnection& writer, const std::optional<Rehearsal>& rehearsal) {
  bool is_new = true;
  RETURN_IF_ERROR(writer.Query(kSelectHub, {}, [&](const Row&) {
    is_new = false;
    return absl::OkStatus();
  }));
  std::optional<Rehearsal> noted;
  RETURN_IF_ERROR(writer.Query(kSelectRehearsal, {}, [&](const Row& row) {
    noted = {absl::FromUnixMicros(row.Integer(0)), absl::FromUnixMicros(row.Integer(1)),
             static_cast<int32_t>(row.Integer(2))};
    return absl::OkStatus();
  }));
  if (noted == rehearsal) return absl::OkStatus();
  if (noted.has_value()) {
    return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_OF_REHEARSAL",
                 absl::StrCat("the database is of the rehearsal that began at ",
                              absl::FormatTime(noted->begin, absl::UTCTimeZone()),
                              ": go on with it by its configuration, or begin with a new one"));
  }
  if (!is_new) {
    return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_OF_REAL_WORK",
                 "the database is of real work, whose times a rehearsal would mix up: begin the "
                 "rehearsal with a new database");
  }
  return writer
      .Execute(kNoteRehearsal, {absl::ToUnixMicros(rehearsal->begin),
                                absl::ToUnixMicros(rehearsal->clock), rehearsal->speed})
      .status();
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

absl::StatusOr<int64_t> CheckHubPlace(Connection& connection, std::string_view hub_id,
                                      int64_t epoch) {
  int64_t found = 0;
  int64_t floor = 0;
  RETURN_IF_ERROR(connection.Query(kSelectEpoch, {hub_id}, [&](const Row& row) {
    found = row.Integer(0);
    floor = row.Integer(1);
    return absl::OkStatus();
  }));
  if (found != epoch) return HubPlaceTaken();
  return floor;
}

absl::Status EvictOtherHubs(Transaction& transaction, std::string_view hub_id) {
  return transaction.Execute(kEvictOthers, {hub_id}).status();
}

absl::StatusOr<bool> EvictHub(Transaction& transaction, std::string_view hub_id) {
  ASSIGN_OR_RETURN(const int64_t evicted, transaction.Execute(kEvict, {hub_id}));
  return evicted > 0;
}

absl::Status RaiseKeyFloor(Transaction& transaction, int64_t floor) {
  return RaiseNumber(transaction, kKeyFloor, floor);
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

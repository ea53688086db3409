#include "hub/upkeep/key_rotation_row.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/base/topic.h"
#include "hub/book/holds.h"
#include "hub/storage/data_keys.h"
#include "hub/storage/membership.h"

namespace switchboard::upkeep {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using storage::Value;
using Rotation = v1::ListKeysResponse::Rotation;

constexpr char kSelectNewest[] =
    "SELECT through, actor, start_time, step, step_time, table_name, after, seen, sealed, broken, "
    "end_time FROM key_rotation ORDER BY through DESC LIMIT 1";
constexpr char kInsert[] =
    "INSERT INTO key_rotation (through, actor, start_time, step, step_time, table_name, after, "
    "seen, sealed, broken) VALUES ($1, $2, $3, $4, $5, '', $6, 0, 0, '')";
constexpr char kUpdate[] =
    "UPDATE key_rotation SET step = $1, step_time = $2, table_name = $3, after = $4, seen = $5, "
    "sealed = $6, broken = $7, end_time = $8 WHERE through = $9";

}  // namespace

absl::StatusOr<std::optional<KeyRotationRow>> NewestRotation(storage::Connection& connection) {
  std::optional<KeyRotationRow> found;
  RETURN_IF_ERROR(connection.Query(kSelectNewest, {}, [&](const Row& row) {
    KeyRotationRow& rotation = found.emplace();
    rotation.through = row.Integer(0);
    rotation.actor = row.Text(1);
    rotation.start_us = row.Integer(2);
    rotation.step = static_cast<Rotation::Step>(row.Integer(3));
    rotation.step_us = row.Integer(4);
    rotation.table = row.Text(5);
    rotation.after = row.Blob(6);
    rotation.seen = row.Integer(7);
    rotation.sealed = row.Integer(8);
    const std::string broken(row.Text(9));
    rotation.broken = absl::StrSplit(broken, ' ', absl::SkipEmpty());
    if (!row.IsNull(10)) rotation.end_us = row.Integer(10);
    return absl::OkStatus();
  }));
  return found;
}

absl::Status WriteRotation(storage::Transaction& transaction, const KeyRotationRow& row) {
  const std::string broken = absl::StrJoin(row.broken, " ");
  return transaction
      .Execute(kUpdate, {static_cast<int64_t>(row.step), row.step_us, row.table,
                         Value::Blob(row.after), row.seen, row.sealed, broken,
                         storage::TimeOrNull(row.end_us.value_or(0)), row.through})
      .status();
}

absl::StatusOr<std::vector<std::string>> HubsBehind(storage::Connection& connection,
                                                    int64_t through) {
  ASSIGN_OR_RETURN(const auto hubs, storage::KeysOfHubs(connection));
  std::vector<std::string> behind;
  for (const storage::HubKeyRow& hub : hubs) {
    // One without a key was evicted.
    if (hub.sealing_key > 0 && hub.sealing_key <= through) behind.push_back(hub.hub_id);
  }
  return behind;
}

absl::StatusOr<std::optional<Rotation>> ShowRotation(storage::Connection& connection) {
  ASSIGN_OR_RETURN(const auto row, NewestRotation(connection));
  if (!row.has_value()) return std::nullopt;
  Rotation shown;
  shown.set_through_key_number(row->through);
  shown.set_actor(row->actor);
  *shown.mutable_start_time() = TimeUtil::MicrosecondsToTimestamp(row->start_us);
  shown.set_step(row->step);
  shown.set_boxes_seen(row->seen);
  shown.set_boxes_sealed(row->sealed);
  shown.set_table(row->table);
  if (row->step == Rotation::STEP_SWITCHING) {
    ASSIGN_OR_RETURN(const auto behind, HubsBehind(connection, row->through));
    shown.mutable_waits_for_hubs()->Assign(behind.begin(), behind.end());
  }
  if (row->end_us.has_value())
    *shown.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(*row->end_us);
  shown.mutable_broken_boxes()->Assign(row->broken.begin(), row->broken.end());
  return shown;
}

absl::StatusOr<Rotation> StartRotation(storage::Transaction& transaction, std::string_view actor,
                                       std::string_view own_hub_id,
                                       const std::vector<std::string>& without_hubs) {
  const storage::Key keys = book::KeysKey();
  RETURN_IF_ERROR(transaction.Hold({&keys, 1}));
  for (const std::string& hub_id : without_hubs) {
    SWITCHBOARD_ASSERT(hub_id != own_hub_id);
    ASSIGN_OR_RETURN(const bool evicted, storage::EvictHub(transaction, hub_id));
    if (!evicted) return absl::NotFoundError("no hub of this name has a place: " + hub_id);
  }
  ASSIGN_OR_RETURN(const auto newest, NewestRotation(transaction.connection()));
  if (!newest.has_value() || newest->end_us.has_value()) {
    ASSIGN_OR_RETURN(const int64_t through, storage::NewestDataKey(transaction.connection()));
    RETURN_IF_ERROR(transaction
                        .Execute(kInsert, {through, actor, transaction.now_us(),
                                           static_cast<int64_t>(Rotation::STEP_SWITCHING),
                                           transaction.now_us(), Value::Blob("")})
                        .status());
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_KEYS, actor);
    event.mutable_keys()->set_step(v1::KeyStep::STEP_ROTATION_BEGUN);
    event.set_count(through);
    audit::Record(transaction, std::move(event));
  }
  transaction.Announce(Topic::Keys());
  ASSIGN_OR_RETURN(const auto shown, ShowRotation(transaction.connection()));
  return *shown;
}

}  // namespace switchboard::upkeep

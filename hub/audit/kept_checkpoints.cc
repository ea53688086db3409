#include "hub/audit/kept_checkpoints.h"

#include <utility>

#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

using storage::Row;

constexpr char kSelectNewest[] =
    "SELECT size, make_time, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1";
constexpr char kSelectAfter[] =
    "SELECT size, make_time, note FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT $2";
constexpr char kInsert[] =
    "INSERT INTO audit_checkpoint (size, make_time, note) VALUES ($1, $2, $3)";
constexpr char kSelectDeliveries[] =
    "SELECT place, size, deliver_time, problem FROM audit_delivery ORDER BY place";
constexpr char kNoteDelivery[] =
    "INSERT INTO audit_delivery (place, size, deliver_time, problem) VALUES ($1, $2, $3, $4) ON "
    "CONFLICT (place) DO UPDATE SET size = excluded.size, deliver_time = excluded.deliver_time, "
    "problem = excluded.problem WHERE audit_delivery.size <= excluded.size";

KeptCheckpoint CheckpointIn(const Row& row) {
  return {row.Integer(0), row.Integer(1), std::string(row.Text(2))};
}

}  // namespace

absl::StatusOr<std::optional<KeptCheckpoint>> NewestCheckpoint(storage::Connection& connection) {
  std::optional<KeptCheckpoint> newest;
  RETURN_IF_ERROR(connection.Query(kSelectNewest, {}, [&](const Row& row) {
    newest = CheckpointIn(row);
    return absl::OkStatus();
  }));
  return newest;
}

absl::StatusOr<std::optional<KeptCheckpoint>> CheckpointOf(storage::Connection& connection,
                                                           int64_t size) {
  if (size < 1) return std::nullopt;
  ASSIGN_OR_RETURN(auto next, CheckpointsAfter(connection, size - 1, 1));
  if (next.empty() || next.front().size != size) return std::nullopt;
  return std::move(next.front());
}

absl::StatusOr<std::vector<KeptCheckpoint>> CheckpointsAfter(storage::Connection& connection,
                                                             int64_t size, int max) {
  std::vector<KeptCheckpoint> checkpoints;
  RETURN_IF_ERROR(connection.Query(kSelectAfter, {size, max}, [&](const Row& row) {
    checkpoints.push_back(CheckpointIn(row));
    return absl::OkStatus();
  }));
  return checkpoints;
}

absl::Status KeepCheckpoint(storage::Transaction& transaction, const KeptCheckpoint& checkpoint) {
  return transaction.Execute(kInsert, {checkpoint.size, checkpoint.make_time_us, checkpoint.note})
      .status();
}

absl::StatusOr<std::vector<Delivery>> Deliveries(storage::Connection& connection) {
  std::vector<Delivery> deliveries;
  RETURN_IF_ERROR(connection.Query(kSelectDeliveries, {}, [&](const Row& row) {
    deliveries.push_back(
        {std::string(row.Text(0)), row.Integer(1), row.Integer(2), std::string(row.Text(3))});
    return absl::OkStatus();
  }));
  return deliveries;
}

absl::Status NoteDelivery(storage::Transaction& transaction, const Delivery& delivery) {
  return transaction
      .Execute(kNoteDelivery,
               {delivery.place, delivery.size, delivery.deliver_time_us, delivery.problem})
      .status();
}

}  // namespace switchboard::audit

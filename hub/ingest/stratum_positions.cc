#include "hub/ingest/stratum_positions.h"

#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::ingest {
namespace {

constexpr char kSelect[] =
    "SELECT position FROM stratum_position WHERE plan_id = $1 AND stratum = $2";
constexpr char kUpsert[] =
    "INSERT INTO stratum_position (plan_id, stratum, position) VALUES ($1, $2, $3) "
    "ON CONFLICT (plan_id, stratum) DO UPDATE SET position = excluded.position";

StratumPositions& Of(storage::Transaction& transaction) {
  return transaction.Leave<StratumPositions>(book::ClosingKeyOf(book::ClosingPlace::kStratum));
}

}  // namespace

absl::StatusOr<int64_t> StratumPositions::Read(storage::Transaction& transaction,
                                               const std::string& plan_id,
                                               const std::string& segment_and_stratum) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::PlacementKey()));
  auto [found, added] = Of(transaction).positions_.try_emplace({plan_id, segment_and_stratum});
  Position& position = found->second;
  if (!added) return position.value;
  RETURN_IF_ERROR(
      transaction.Query(kSelect, {plan_id, segment_and_stratum}, [&](const storage::Row& row) {
        position.value = row.Integer(0);
        return absl::OkStatus();
      }));
  return position.value;
}

void StratumPositions::Advance(storage::Transaction& transaction, const std::string& plan_id,
                               const std::string& segment_and_stratum) {
  Position& position = Of(transaction).positions_[{plan_id, segment_and_stratum}];
  ++position.value;
  position.moved = true;
  // Units behind this one look for the position in its row.
  transaction.EndGroup();
}

void StratumPositions::Absorb(storage::ClosingWork& later) {
  // Who moves a position is the last of its group, and has read it before.
  for (const auto& [stratum, position] : static_cast<StratumPositions&>(later).positions_) {
    if (position.moved) positions_[stratum] = position;
  }
}

absl::Status StratumPositions::Run(storage::Transaction& transaction) {
  for (const auto& [stratum, position] : positions_) {
    if (!position.moved) continue;
    RETURN_IF_ERROR(
        transaction.Execute(kUpsert, {stratum.first, stratum.second, position.value}).status());
  }
  return absl::OkStatus();
}

}  // namespace switchboard::ingest

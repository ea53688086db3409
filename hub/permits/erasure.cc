#include "hub/permits/erasure.h"

#include "hub/base/error.h"

namespace switchboard::permits {
namespace {

constexpr char kErasePermits[] =
    "DELETE FROM permit WHERE account_id = $1 AND assignment_id = $2 RETURNING permit_id";

}  // namespace

absl::StatusOr<std::vector<int64_t>> ErasePermits(
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments) {
  std::vector<std::vector<storage::Value>> sets;
  for (const auto& one : assignments) sets.push_back({one.account_id, one.assignment_id});
  std::vector<int64_t> erased(assignments.size(), 0);
  RETURN_IF_ERROR(
      transaction.connection().QueryMany(kErasePermits, sets, [&](size_t set, const storage::Row&) {
        ++erased[set];
        return absl::OkStatus();
      }));
  return erased;
}

}  // namespace switchboard::permits

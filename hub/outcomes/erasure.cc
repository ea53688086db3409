#include "hub/outcomes/erasure.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "hub/base/error.h"
#include "hub/core_feed/core_feed.h"
#include "hub/storage/counter.h"

namespace switchboard::outcomes {
namespace {

using storage::Row;
using storage::Value;

constexpr char kErasedThrough[] = "outcome/erased";
constexpr char kSelectConfirmed[] = "SELECT MIN(confirmed) FROM core_cursor";
constexpr char kSelectWaiting[] =
    "SELECT sequence FROM outcome WHERE account_id = $1 AND assignment_id = $2 AND sequence > $3 "
    "LIMIT 1";
constexpr char kErase[] =
    "DELETE FROM outcome WHERE account_id = $1 AND assignment_id = $2 RETURNING sequence";

}  // namespace

absl::StatusOr<int64_t> ConfirmedByAll(storage::Connection& connection) {
  int64_t confirmed = 0;
  RETURN_IF_ERROR(connection.Query(kSelectConfirmed, {}, [&](const Row& row) {
    confirmed = row.Integer(0);
    return absl::OkStatus();
  }));
  return confirmed;
}

absl::StatusOr<std::vector<bool>> WaitForCore(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments) {
  ASSIGN_OR_RETURN(const int64_t confirmed, ConfirmedByAll(connection));
  std::vector<std::vector<Value>> sets;
  for (const auto& one : assignments)
    sets.push_back({one.account_id, one.assignment_id, confirmed});
  std::vector<bool> waiting(assignments.size(), false);
  RETURN_IF_ERROR(connection.QueryMany(kSelectWaiting, sets, [&](size_t set, const Row&) {
    waiting[set] = true;
    return absl::OkStatus();
  }));
  return waiting;
}

absl::StatusOr<std::vector<bool>> WaitForCore(
    storage::Transaction& transaction, const std::vector<assignments::EndedAssignment>& assignments) {
  std::unordered_set<std::string_view> left;  // by assignment
  for (const AcceptedOutcome& outcome : OutcomeBook::Left(transaction))
    left.insert(outcome.assignment_id);
  ASSIGN_OR_RETURN(auto waiting, WaitForCore(transaction.connection(), assignments));
  for (size_t i = 0; i < assignments.size(); ++i) {
    if (left.contains(assignments[i].assignment_id)) waiting[i] = true;
  }
  return waiting;
}

absl::StatusOr<std::vector<int64_t>> EraseOutcomes(
    storage::Transaction& transaction, const std::vector<assignments::EndedAssignment>& assignments) {
  std::vector<std::vector<Value>> sets;
  for (const auto& one : assignments) sets.push_back({one.account_id, one.assignment_id});
  std::vector<int64_t> erased(assignments.size(), 0);
  int64_t highest = 0;
  RETURN_IF_ERROR(transaction.connection().QueryMany(kErase, sets, [&](size_t set, const Row& row) {
    ++erased[set];
    highest = std::max(highest, row.Integer(0));
    return absl::OkStatus();
  }));
  if (highest > 0) RETURN_IF_ERROR(storage::RaiseNumber(transaction, kErasedThrough, highest));
  return erased;
}

absl::StatusOr<int64_t> ErasedThrough(storage::Connection& connection) {
  return storage::NewestNumber(connection, kErasedThrough);
}

}  // namespace switchboard::outcomes

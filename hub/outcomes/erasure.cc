#include "hub/outcomes/erasure.h"

#include <string_view>
#include <unordered_set>

#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/core_feed/erasure.h"
#include "hub/outcomes/outcome_book.h"

namespace switchboard::outcomes {
namespace {

using storage::Row;
using storage::Value;

constexpr char kSelectWaiting[] =
    "SELECT sequence FROM outcome WHERE account_id = $1 AND assignment_id = $2 AND sequence > $3 "
    "LIMIT 1";
constexpr char kErase[] =
    "DELETE FROM outcome WHERE account_id = $1 AND assignment_id = $2 RETURNING sequence";

}  // namespace

absl::StatusOr<std::vector<bool>> WaitForCore(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments) {
  ASSIGN_OR_RETURN(const int64_t confirmed, core_feed::ConfirmedByAll(connection));
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
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments) {
  const auto written = OutcomeBook::AssignmentsLeft(transaction);
  const std::unordered_set<std::string_view> left(written.begin(), written.end());
  ASSIGN_OR_RETURN(auto waiting, WaitForCore(transaction.connection(), assignments));
  for (size_t i = 0; i < assignments.size(); ++i) {
    SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(assignments[i].person_id)));
    if (left.contains(assignments[i].assignment_id)) waiting[i] = true;
  }
  return waiting;
}

absl::StatusOr<std::vector<int64_t>> EraseOutcomes(
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments) {
  std::vector<std::vector<Value>> sets;
  for (const auto& one : assignments) sets.push_back({one.account_id, one.assignment_id});
  std::vector<int64_t> erased(assignments.size(), 0);
  std::vector<int64_t> sequences;
  RETURN_IF_ERROR(transaction.connection().QueryMany(kErase, sets, [&](size_t set, const Row& row) {
    ++erased[set];
    sequences.push_back(row.Integer(0));
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(core_feed::EraseItems(transaction, sequences));
  return erased;
}

}  // namespace switchboard::outcomes

#include "hub/outcomes/erasure.h"

#include <string_view>
#include <unordered_set>

#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/core_feed/erasure.h"
#include "hub/outcomes/agent_times.h"
#include "hub/outcomes/outcome_book.h"
#include "hub/outcomes/recordings.h"

namespace switchboard::outcomes {
namespace {

using storage::Row;

constexpr char kSelectWaiting[] =
    "SELECT n FROM rows($1) WHERE EXISTS (SELECT 1 FROM outcome WHERE account_id = c1 AND "
    "assignment_id = c2 AND sequence > $2)";
constexpr char kErase[] =
    "DELETE FROM outcome WHERE (account_id, assignment_id) IN (SELECT c1, c2 FROM rows($1)) "
    "RETURNING assignment_id, sequence, vendor_id, outcome_id";

}  // namespace

absl::StatusOr<std::vector<bool>> WaitForCore(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments) {
  ASSIGN_OR_RETURN(const int64_t confirmed, core_feed::ConfirmedByAll(connection));
  return WaitForCore(connection, assignments, confirmed);
}

absl::StatusOr<std::vector<bool>> WaitForCore(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments,
    int64_t confirmed) {
  std::vector<bool> waiting(assignments.size(), false);
  RETURN_IF_ERROR(connection.Query(kSelectWaiting, {assignments::RowsOf(assignments), confirmed},
                                   [&](const Row& row) {
                                     waiting[static_cast<size_t>(row.Integer(0) - 1)] = true;
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
  std::vector<std::string> of_assignments;
  std::vector<std::pair<std::string, std::string>> outcomes;  // vendors and ids
  std::vector<int64_t> sequences;
  RETURN_IF_ERROR(
      transaction.Query(kErase, {assignments::RowsOf(assignments)}, [&](const Row& row) {
        of_assignments.emplace_back(row.Text(0));
        sequences.push_back(row.Integer(1));
        outcomes.emplace_back(row.Text(2), row.Text(3));
        return absl::OkStatus();
      }));
  storage::Rows ids({storage::Value::Kind::kText, storage::Value::Kind::kText}, outcomes.size());
  for (const auto& [vendor_id, outcome_id] : outcomes) ids.Add({vendor_id, outcome_id});
  RETURN_IF_ERROR(EraseAgentTimes(transaction, ids));
  RETURN_IF_ERROR(EraseRecordings(transaction, ids));
  RETURN_IF_ERROR(core_feed::EraseItems(transaction, sequences));
  return assignments::CountEach(assignments, of_assignments);
}

}  // namespace switchboard::outcomes

#include "hub/assignments/erasure.h"

#include <algorithm>

#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::assignments {
namespace {

using storage::Row;
using storage::Value;

constexpr char kSelectNextKind[] =
    "SELECT work_type, country FROM assignment WHERE ended > 0 AND change_sequence IS NULL AND "
    "(work_type, country) > ($1, $2) ORDER BY work_type, country LIMIT 1";
constexpr char kSelectEnded[] =
    "SELECT assignment_id, vendor_id, person_id, account_id, withdraw_time FROM assignment "
    "WHERE ended > 0 AND change_sequence IS NULL AND work_type = $1 AND country = $2 AND "
    "(withdraw_time, assignment_id) > ($3, $4) AND withdraw_time <= $5 "
    "ORDER BY withdraw_time, assignment_id LIMIT $6";
constexpr char kErase[] =
    "DELETE FROM assignment WHERE assignment_id = $1 AND withdraw_time <= $2 AND ended > 0 AND "
    "change_sequence IS NULL RETURNING assignment_id";
constexpr char kSelectOfAccount[] =
    "SELECT assignment_id FROM assignment WHERE person_id = $1 AND account_id = $2 LIMIT 1";
constexpr char kSelectOfPerson[] =
    "SELECT assignment_id FROM assignment WHERE person_id = $1 LIMIT 1";
// Marks the sets of parameters to which a row came back.
absl::StatusOr<std::vector<bool>> Answered(storage::Connection& connection, const char* sql,
                                           const std::vector<std::vector<Value>>& sets) {
  std::vector<bool> answered(sets.size(), false);
  RETURN_IF_ERROR(connection.QueryMany(sql, sets, [&](size_t set, const Row&) {
    answered[set] = true;
    return absl::OkStatus();
  }));
  return answered;
}

}  // namespace

absl::StatusOr<std::optional<EndedKind>> NextEndedKind(storage::Connection& connection,
                                                       const EndedKind& after) {
  std::optional<EndedKind> next;
  RETURN_IF_ERROR(connection.Query(
      kSelectNextKind, {static_cast<int64_t>(after.work_type), after.country}, [&](const Row& row) {
        next = EndedKind{static_cast<v1::WorkType>(row.Integer(0)), std::string(row.Text(1))};
        return absl::OkStatus();
      }));
  return next;
}

absl::StatusOr<std::vector<EndedAssignment>> EndedAssignments(storage::Connection& connection,
                                                              const EndedKind& kind,
                                                              int64_t until_us,
                                                              const EndedAssignment& after,
                                                              int limit) {
  std::vector<EndedAssignment> ended;
  RETURN_IF_ERROR(connection.Query(
      kSelectEnded,
      {static_cast<int64_t>(kind.work_type), kind.country, after.withdraw_time_us,
       after.assignment_id, until_us, limit},
      [&](const Row& row) {
        ended.push_back({std::string(row.Text(0)), std::string(row.Text(1)),
                         std::string(row.Text(2)), std::string(row.Text(3)), row.Integer(4)});
        return absl::OkStatus();
      }));
  return ended;
}

absl::StatusOr<std::vector<bool>> EraseAssignments(storage::Transaction& transaction,
                                                   const std::vector<EndedAssignment>& ended,
                                                   int64_t until_us) {
  std::vector<std::vector<Value>> sets;
  for (const EndedAssignment& one : ended) {
    SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(one.person_id)));
    sets.push_back({one.assignment_id, until_us});
  }
  return Answered(transaction.connection(), kErase, sets);
}

absl::StatusOr<std::vector<bool>> HaveAssignments(storage::Connection& connection,
                                                  const std::vector<Holder>& holders) {
  std::vector<std::vector<Value>> persons, accounts;
  for (const Holder& holder : holders) {
    if (holder.account_id.empty()) {
      persons.push_back({holder.person_id});
    } else {
      accounts.push_back({holder.person_id, holder.account_id});
    }
  }
  ASSIGN_OR_RETURN(const auto of_persons, Answered(connection, kSelectOfPerson, persons));
  ASSIGN_OR_RETURN(const auto of_accounts, Answered(connection, kSelectOfAccount, accounts));
  std::vector<bool> have;
  auto person = of_persons.begin();
  auto account = of_accounts.begin();
  for (const Holder& holder : holders)
    have.push_back(holder.account_id.empty() ? *person++ : *account++);
  return have;
}

}  // namespace switchboard::assignments

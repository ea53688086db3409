#include "hub/assignments/erasure.h"

#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::assignments {
namespace {

using storage::Row;
using storage::Rows;
using enum storage::Value::Kind;

constexpr char kSelectNextKind[] =
    "SELECT work_type, country FROM assignment WHERE ended > 0 AND change_sequence IS NULL AND "
    "(work_type, country) > ($1, $2) ORDER BY work_type, country LIMIT 1";
constexpr char kSelectEnded[] =
    "SELECT assignment_id, vendor_id, person_id, account_id, withdraw_time FROM assignment "
    "WHERE ended > 0 AND change_sequence IS NULL AND work_type = $1 AND country = $2 AND "
    "(withdraw_time, assignment_id) > ($3, $4) AND withdraw_time <= $5 "
    "ORDER BY withdraw_time, assignment_id LIMIT $6";
constexpr char kSelectEndedOf[] =
    "SELECT assignment_id, vendor_id, person_id, account_id, withdraw_time, work_type, country, "
    "change_sequence FROM assignment WHERE person_id = $1 AND ended > 0 ORDER BY assignment_id";
constexpr char kErase[] =
    "DELETE FROM assignment WHERE assignment_id IN (SELECT c1 FROM rows($1)) AND withdraw_time <= "
    "$2 AND ended > 0 AND change_sequence IS NULL RETURNING assignment_id";
constexpr char kEraseFormerChanges[] =
    "DELETE FROM former_change WHERE assignment_id IN (SELECT c1 FROM rows($1))";
constexpr char kEraseHandOvers[] =
    "DELETE FROM hand_over WHERE assignment_id IN (SELECT c2 FROM rows($1)) RETURNING "
    "assignment_id";
constexpr char kSelectFirst[] =
    "SELECT MIN(place_time) FROM assignment WHERE person_id IN (SELECT c1 FROM rows($1))";
constexpr char kSelectOfAccounts[] =
    "SELECT n FROM rows($1) WHERE EXISTS (SELECT 1 FROM assignment WHERE person_id = c1 AND "
    "account_id = c2)";
constexpr char kSelectOfPersons[] =
    "SELECT n FROM rows($1) WHERE EXISTS (SELECT 1 FROM assignment WHERE person_id = c1)";

// Marks the rows whose number came back.
absl::StatusOr<std::vector<bool>> Answered(storage::Connection& connection, const char* sql,
                                           const Rows& rows) {
  std::vector<bool> answered(rows.size(), false);
  RETURN_IF_ERROR(connection.Query(sql, {rows}, [&](const Row& row) {
    answered[static_cast<size_t>(row.Integer(0) - 1)] = true;
    return absl::OkStatus();
  }));
  return answered;
}

}  // namespace

storage::Rows RowsOf(const std::vector<EndedAssignment>& assignments) {
  Rows rows({kText, kText}, assignments.size());
  for (const auto& one : assignments) rows.Add({one.account_id, one.assignment_id});
  return rows;
}

std::vector<int64_t> CountEach(const std::vector<EndedAssignment>& assignments,
                               const std::vector<std::string>& assignment_ids) {
  absl::flat_hash_map<std::string_view, int64_t> counts;
  for (const std::string& id : assignment_ids) ++counts[id];
  std::vector<int64_t> each;
  for (const EndedAssignment& one : assignments) each.push_back(counts[one.assignment_id]);
  return each;
}

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

absl::StatusOr<std::vector<EndedOfPerson>> EndedAssignmentsOf(storage::Connection& connection,
                                                              std::string_view person_id) {
  std::vector<EndedOfPerson> ended;
  RETURN_IF_ERROR(connection.Query(kSelectEndedOf, {person_id}, [&](const Row& row) {
    ended.push_back({{static_cast<v1::WorkType>(row.Integer(5)), std::string(row.Text(6))},
                     {std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2)),
                      std::string(row.Text(3)), row.Integer(4)},
                     !row.IsNull(7)});
    return absl::OkStatus();
  }));
  return ended;
}

absl::StatusOr<std::vector<bool>> EraseAssignments(storage::Transaction& transaction,
                                                   const std::vector<EndedAssignment>& ended,
                                                   int64_t until_us) {
  Rows rows({kText}, ended.size());
  for (const EndedAssignment& one : ended) {
    SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(one.person_id)));
    rows.Add({one.assignment_id});
  }
  std::vector<std::string> gone;
  RETURN_IF_ERROR(transaction.Query(kErase, {rows, until_us}, [&](const Row& row) {
    gone.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(transaction.Execute(kEraseFormerChanges, {storage::RowsOf(gone)}).status());
  std::vector<bool> erased;
  for (const int64_t count : CountEach(ended, gone)) erased.push_back(count > 0);
  return erased;
}

absl::StatusOr<std::vector<int64_t>> EraseHandOvers(storage::Transaction& transaction,
                                                    const std::vector<EndedAssignment>& erased) {
  std::vector<std::string> gone;
  RETURN_IF_ERROR(transaction.Query(kEraseHandOvers, {RowsOf(erased)}, [&](const Row& row) {
    gone.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  return CountEach(erased, gone);
}

absl::StatusOr<std::optional<int64_t>> FirstPlaced(storage::Connection& connection,
                                                   const storage::Rows& person_ids) {
  std::optional<int64_t> first_us;
  RETURN_IF_ERROR(connection.Query(kSelectFirst, {person_ids}, [&](const Row& row) {
    if (!row.IsNull(0)) first_us = row.Integer(0);
    return absl::OkStatus();
  }));
  return first_us;
}

absl::StatusOr<std::vector<bool>> HaveAssignments(storage::Connection& connection,
                                                  const std::vector<Holder>& holders) {
  Rows persons({kText}, holders.size());
  Rows accounts({kText, kText}, holders.size());
  for (const Holder& holder : holders) {
    if (holder.account_id.empty()) {
      persons.Add({holder.person_id});
    } else {
      accounts.Add({holder.person_id, holder.account_id});
    }
  }
  ASSIGN_OR_RETURN(const auto of_persons, Answered(connection, kSelectOfPersons, persons));
  ASSIGN_OR_RETURN(const auto of_accounts, Answered(connection, kSelectOfAccounts, accounts));
  std::vector<bool> have;
  auto person = of_persons.begin();
  auto account = of_accounts.begin();
  for (const Holder& holder : holders)
    have.push_back(holder.account_id.empty() ? *person++ : *account++);
  return have;
}

}  // namespace switchboard::assignments

#include "hub/promises/erasure.h"

#include <algorithm>
#include <map>

#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/book/owners.h"
#include "hub/core_feed/core_feed.h"
#include "hub/core_feed/erasure.h"
#include "hub/promises/shown_anew.h"

namespace switchboard::promises {
namespace {

constexpr char kErase[] =
    "DELETE FROM promise WHERE (account_id, assignment_id) IN (SELECT c1, c2 FROM rows($1)) "
    "RETURNING assignment_id";
// An erased one is what took the place of one that is replaced by nothing that is left. Of those of
// the same instant the later id does; see StatesOf.
constexpr char kKeepReplaced[] =
    "UPDATE promise SET replaced_by_erased = since_time WHERE standing = 5 AND account_id IN "
    "(SELECT c1 FROM rows($1)) AND NOT EXISTS (SELECT 1 FROM promise newer WHERE newer.account_id "
    "= promise.account_id AND newer.bind_time = promise.since_time AND (promise.bind_time IS NULL "
    "OR (newer.bind_time, newer.vendor_id, newer.outcome_id) > (promise.bind_time, "
    "promise.vendor_id, promise.outcome_id)))";
// What is not counted any more lets nothing bind that did not.
constexpr char kKeepUnbound[] =
    "UPDATE promise SET never_binds = 1 WHERE standing = 7 AND account_id IN (SELECT c1 FROM "
    "rows($1))";
constexpr char kEraseLastPayments[] =
    "DELETE FROM payment WHERE event_id IN (SELECT event_id FROM rows($1) CROSS JOIN payment WHERE "
    "account_id = c1 AND pay_time <= c2) AND NOT EXISTS (SELECT 1 FROM promise WHERE "
    "promise.account_id = payment.account_id)";
constexpr char kErasePayments[] =
    "DELETE FROM payment WHERE account_id IN (SELECT c1 FROM rows($1)) AND NOT EXISTS (SELECT 1 "
    "FROM promise WHERE promise.account_id = payment.account_id)";
constexpr char kSelectPaid[] =
    "SELECT event_id, account_id FROM payment WHERE event_id IN (SELECT c1 FROM rows($1))";
constexpr char kEraseUnused[] =
    "DELETE FROM payment WHERE event_id IN (SELECT c1 FROM rows($1)) AND NOT EXISTS (SELECT 1 "
    "FROM promise WHERE promise.account_id = payment.account_id)";

// One that waits for head office has a review time until its last instalment's time is up.
constexpr char kSelectLive[] =
    "SELECT n FROM rows($1) WHERE EXISTS (SELECT 1 FROM promise WHERE account_id = c1 AND "
    "assignment_id = c2 AND (standing = 1 OR review_time IS NOT NULL))";

static_assert(v1::PROMISE_STANDING_OPEN == 1, "as the statement has it");
static_assert(v1::PROMISE_STANDING_REPLACED == 5 && v1::PROMISE_STANDING_NOT_BINDING == 7,
              "as the statements have it");

std::vector<std::string> IdsOf(const std::vector<assignments::EndedAssignment>& assignments) {
  std::vector<std::string> ids;
  for (const auto& one : assignments) ids.push_back(one.assignment_id);
  return ids;
}

std::vector<std::string> AccountsOf(const std::vector<assignments::EndedAssignment>& assignments) {
  std::vector<std::string> ids;
  for (const auto& one : assignments) ids.push_back(one.account_id);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// Until when what was paid goes, by account: of one that somebody else has by now until the work of
// whoever had it ended. What was paid since is the present owner's.
absl::StatusOr<std::map<std::string, int64_t>> PaidUntil(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments,
    int64_t until_us) {
  ASSIGN_OR_RETURN(const auto owned, book::OwnersOf(connection, AccountsOf(assignments)));
  const std::map<std::string, std::string> owners(owned.begin(), owned.end());
  std::map<std::string, int64_t> paid_until;
  for (const auto& one : assignments) {
    const auto owner = owners.find(one.account_id);
    const bool is_own = owner == owners.end() || owner->second == one.person_id;
    const int64_t of_one = is_own ? until_us : std::min(until_us, one.withdraw_time_us);
    int64_t& until = paid_until.try_emplace(one.account_id, of_one).first->second;
    until = std::max(until, of_one);
  }
  return paid_until;
}

}  // namespace

absl::StatusOr<std::vector<bool>> StillNeeded(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments) {
  ASSIGN_OR_RETURN(const auto waiting, core_feed::ItemsWait(connection, IdsOf(assignments)));
  ASSIGN_OR_RETURN(auto needed, HaveOpenPromises(connection, assignments));
  for (size_t i = 0; i < needed.size(); ++i)
    if (waiting[i]) needed[i] = true;
  return needed;
}

absl::StatusOr<std::vector<bool>> HaveOpenPromises(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments) {
  std::vector<bool> open(assignments.size(), false);
  RETURN_IF_ERROR(connection.Query(kSelectLive, {assignments::RowsOf(assignments)},
                                   [&](const storage::Row& row) {
                                     open[static_cast<size_t>(row.Integer(0) - 1)] = true;
                                     return absl::OkStatus();
                                   }));
  return open;
}

absl::StatusOr<std::vector<bool>> StillNeeded(
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments) {
  // Whoever tells of a promise holds its debt.
  std::vector<storage::Key> keys;
  for (const std::string& account_id : AccountsOf(assignments))
    keys.push_back(book::DebtKey(account_id));
  RETURN_IF_ERROR(transaction.Hold(keys));
  const auto left = core_feed::CoreFeedBook::AssignmentsLeft(transaction);
  ASSIGN_OR_RETURN(auto needed, StillNeeded(transaction.connection(), assignments));
  for (size_t i = 0; i < assignments.size(); ++i)
    if (left.contains(assignments[i].assignment_id)) needed[i] = true;
  return needed;
}

absl::StatusOr<std::vector<int64_t>> ErasePromises(
    storage::Transaction& transaction, const std::vector<assignments::EndedAssignment>& assignments,
    int64_t until_us) {
  std::vector<std::string> of_assignments;
  RETURN_IF_ERROR(
      transaction.Query(kErase, {assignments::RowsOf(assignments)}, [&](const storage::Row& row) {
        of_assignments.emplace_back(row.Text(0));
        return absl::OkStatus();
      }));
  RETURN_IF_ERROR(core_feed::EraseItemsOf(transaction, IdsOf(assignments)));
  if (!of_assignments.empty()) {
    const std::vector<std::string> account_ids = AccountsOf(assignments);
    // Whoever has the accounts now may be another person's vendor.
    ASSIGN_OR_RETURN(const auto owners, book::HoldOwners(transaction, account_ids));
    RETURN_IF_ERROR(ShowAnewOf(transaction, owners, {account_ids.begin(), account_ids.end()}));
    RETURN_IF_ERROR(transaction.Execute(kKeepReplaced, {storage::RowsOf(account_ids)}).status());
    RETURN_IF_ERROR(transaction.Execute(kKeepUnbound, {storage::RowsOf(account_ids)}).status());
    ASSIGN_OR_RETURN(const auto paid_until,
                     PaidUntil(transaction.connection(), assignments, until_us));
    storage::Rows rows({storage::Value::Kind::kText, storage::Value::Kind::kInteger},
                       paid_until.size());
    for (const auto& [account_id, paid_until_us] : paid_until)
      rows.Add({account_id, paid_until_us});
    RETURN_IF_ERROR(transaction.Execute(kEraseLastPayments, {rows}).status());
  }
  return assignments::CountEach(assignments, of_assignments);
}

absl::Status ErasePayments(storage::Transaction& transaction,
                           const std::vector<std::string>& account_ids) {
  return transaction.Execute(kErasePayments, {storage::RowsOf(account_ids)}).status();
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> PaidBy(
    storage::Connection& connection, const std::vector<std::string>& event_ids) {
  std::vector<std::pair<std::string, std::string>> paid;
  RETURN_IF_ERROR(
      connection.Query(kSelectPaid, {storage::RowsOf(event_ids)}, [&](const storage::Row& row) {
        paid.emplace_back(row.Text(0), row.Text(1));
        return absl::OkStatus();
      }));
  return paid;
}

absl::Status EraseUnusedPayments(storage::Transaction& transaction,
                                 const std::vector<std::string>& event_ids) {
  return transaction.Execute(kEraseUnused, {storage::RowsOf(event_ids)}).status();
}

}  // namespace switchboard::promises

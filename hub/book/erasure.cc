#include "hub/book/erasure.h"

#include "absl/container/flat_hash_set.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::book {
namespace {

using storage::Row;
using storage::Rows;
using enum storage::Value::Kind;

constexpr char kSelectAccounts[] =
    "SELECT account_id, person_id, update_time FROM account WHERE account_id > $1 ORDER BY "
    "account_id LIMIT $2";
constexpr char kSelectAgesOf[] =
    "SELECT account_id, person_id, update_time FROM account WHERE person_id = $1 ORDER BY "
    "account_id";
constexpr char kEraseAccounts[] =
    "DELETE FROM account WHERE (account_id, person_id) IN (SELECT c1, c2 FROM rows($1)) AND "
    "update_time <= $2 RETURNING account_id";
constexpr char kEraseReplaced[] =
    "DELETE FROM replaced_record WHERE account_id IN (SELECT c1 FROM rows($1))";
constexpr char kSelectPersons[] =
    "SELECT p.person_id, (SELECT COUNT(*) FROM account a WHERE a.person_id = p.person_id) "
    "FROM person p WHERE p.person_id > $1 ORDER BY p.person_id LIMIT $2";
constexpr char kErasePersons[] =
    "DELETE FROM person WHERE person_id IN (SELECT c1 FROM rows($1)) AND NOT EXISTS (SELECT 1 "
    "FROM account WHERE account.person_id = person.person_id) RETURNING person_id";
constexpr char kEraseWords[] =
    "DELETE FROM person_word WHERE person_id IN (SELECT c1 FROM rows($1))";

constexpr char kErasePastOf[] =
    "DELETE FROM person_past WHERE person_id IN (SELECT c1 FROM rows($1))";
constexpr char kSelectOldPast[] =
    "SELECT until_time, person_id FROM person_past WHERE until_time > $1 AND until_time <= $2 "
    "ORDER BY until_time LIMIT $3";
constexpr char kErasePast[] = "DELETE FROM person_past WHERE until_time > $1 AND until_time <= $2";
// No statement is run over no rows.
constexpr char kErasePastBut[] =
    "DELETE FROM person_past WHERE until_time > $1 AND until_time <= $2 AND person_id NOT IN "
    "(SELECT c1 FROM rows($3))";

// The ids of what a statement erased.
absl::StatusOr<absl::flat_hash_set<std::string>> Erase(storage::Transaction& transaction,
                                                       const char* sql,
                                                       storage::Connection::Parameters parameters) {
  absl::flat_hash_set<std::string> erased;
  RETURN_IF_ERROR(transaction.Query(sql, parameters, [&](const Row& row) {
    erased.emplace(row.Text(0));
    return absl::OkStatus();
  }));
  return erased;
}

}  // namespace

absl::StatusOr<std::vector<AccountAge>> AccountsAfter(storage::Connection& connection,
                                                      std::string_view after, int limit) {
  std::vector<AccountAge> accounts;
  RETURN_IF_ERROR(connection.Query(kSelectAccounts, {after, limit}, [&](const Row& row) {
    accounts.push_back({std::string(row.Text(0)), std::string(row.Text(1)), row.Integer(2)});
    return absl::OkStatus();
  }));
  return accounts;
}

absl::StatusOr<std::vector<AccountAge>> AccountAgesOf(storage::Connection& connection,
                                                      std::string_view person_id) {
  std::vector<AccountAge> accounts;
  RETURN_IF_ERROR(connection.Query(kSelectAgesOf, {person_id}, [&](const Row& row) {
    accounts.push_back({std::string(row.Text(0)), std::string(row.Text(1)), row.Integer(2)});
    return absl::OkStatus();
  }));
  return accounts;
}

absl::StatusOr<std::vector<bool>> EraseAccounts(storage::Transaction& transaction,
                                                const std::vector<AccountAge>& accounts,
                                                int64_t until_us) {
  SWITCHBOARD_ASSERT(transaction.Holds(PlacementKey()));
  Rows rows({kText, kText}, accounts.size());
  for (const AccountAge& account : accounts) {
    SWITCHBOARD_ASSERT(transaction.Holds(PersonKey(account.person_id)));
    rows.Add({account.account_id, account.person_id});
  }
  ASSIGN_OR_RETURN(const auto gone, Erase(transaction, kEraseAccounts, {rows, until_us}));
  RETURN_IF_ERROR(EraseReplaced(transaction, std::vector<std::string>(gone.begin(), gone.end())));
  std::vector<bool> erased;
  for (const AccountAge& account : accounts) erased.push_back(gone.contains(account.account_id));
  return erased;
}

absl::Status EraseReplaced(storage::Transaction& transaction,
                           const std::vector<std::string>& account_ids) {
  return transaction.Execute(kEraseReplaced, {storage::RowsOf(account_ids)}).status();
}

absl::StatusOr<PersonsPage> PersonsAfter(storage::Connection& connection, std::string_view after,
                                         int limit) {
  PersonsPage page;
  RETURN_IF_ERROR(connection.Query(kSelectPersons, {after, limit}, [&](const Row& row) {
    ++page.rows;
    page.last_id = row.Text(0);
    if (row.Integer(1) == 0) page.without_accounts.push_back(page.last_id);
    return absl::OkStatus();
  }));
  if (page.rows < limit) page.last_id.clear();
  return page;
}

absl::StatusOr<std::vector<bool>> ErasePersons(storage::Transaction& transaction,
                                               const std::vector<std::string>& person_ids) {
  SWITCHBOARD_ASSERT(transaction.Holds(PlacementKey()));
  for (const std::string& person_id : person_ids)
    SWITCHBOARD_ASSERT(transaction.Holds(PersonKey(person_id)));
  const Rows rows = storage::RowsOf(person_ids);
  ASSIGN_OR_RETURN(const auto gone, Erase(transaction, kErasePersons, {rows}));
  const std::vector<std::string> erased_ids(gone.begin(), gone.end());
  RETURN_IF_ERROR(transaction.Execute(kEraseWords, {storage::RowsOf(erased_ids)}).status());
  RETURN_IF_ERROR(transaction.Execute(kErasePastOf, {storage::RowsOf(erased_ids)}).status());
  std::vector<bool> erased;
  for (const std::string& person_id : person_ids) erased.push_back(gone.contains(person_id));
  return erased;
}

absl::StatusOr<OldPastPage> OldPast(storage::Connection& connection, int64_t after_us,
                                    int64_t until_us, int limit) {
  OldPastPage page;
  RETURN_IF_ERROR(
      connection.Query(kSelectOldPast, {after_us, until_us, limit}, [&](const Row& row) {
        page.through_us = row.Integer(0);
        page.person_ids.emplace_back(row.Text(1));
        return absl::OkStatus();
      }));
  page.last = page.person_ids.size() < static_cast<size_t>(limit);
  if (page.last) page.through_us = until_us;
  return page;
}

absl::StatusOr<int64_t> ErasePast(storage::Transaction& transaction, int64_t after_us,
                                  int64_t through_us, const storage::Rows& kept) {
  return kept.empty() ? transaction.Execute(kErasePast, {after_us, through_us})
                      : transaction.Execute(kErasePastBut, {after_us, through_us, kept});
}

}  // namespace switchboard::book

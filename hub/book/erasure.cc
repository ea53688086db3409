#include "hub/book/erasure.h"

#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::book {
namespace {

using storage::Row;
using storage::Value;

constexpr char kSelectAccounts[] =
    "SELECT account_id, person_id, update_time FROM account WHERE account_id > $1 ORDER BY "
    "account_id LIMIT $2";
constexpr char kEraseAccount[] =
    "DELETE FROM account WHERE account_id = $1 AND person_id = $2 AND update_time <= $3 RETURNING "
    "account_id";
constexpr char kEraseReplaced[] = "DELETE FROM replaced_record WHERE account_id = $1";
constexpr char kSelectPersons[] =
    "SELECT p.person_id, (SELECT COUNT(*) FROM account a WHERE a.person_id = p.person_id) "
    "FROM person p WHERE p.person_id > $1 ORDER BY p.person_id LIMIT $2";
constexpr char kErasePerson[] =
    "DELETE FROM person WHERE person_id = $1 AND NOT EXISTS (SELECT 1 FROM account WHERE "
    "account.person_id = person.person_id) RETURNING person_id";

absl::StatusOr<std::vector<bool>> EraseEach(storage::Transaction& transaction, const char* sql,
                                            const std::vector<std::vector<Value>>& sets) {
  std::vector<bool> erased(sets.size(), false);
  RETURN_IF_ERROR(transaction.connection().QueryMany(sql, sets, [&](size_t set, const Row&) {
    erased[set] = true;
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

absl::StatusOr<std::vector<bool>> EraseAccounts(storage::Transaction& transaction,
                                                const std::vector<AccountAge>& accounts,
                                                int64_t until_us) {
  SWITCHBOARD_ASSERT(transaction.Holds(PlacementKey()));
  std::vector<std::vector<Value>> sets;
  for (const AccountAge& account : accounts) {
    SWITCHBOARD_ASSERT(transaction.Holds(PersonKey(account.person_id)));
    sets.push_back({account.account_id, account.person_id, until_us});
  }
  ASSIGN_OR_RETURN(std::vector<bool> erased, EraseEach(transaction, kEraseAccount, sets));
  std::vector<std::string> gone;
  for (size_t i = 0; i < accounts.size(); ++i) {
    if (erased[i]) gone.push_back(accounts[i].account_id);
  }
  RETURN_IF_ERROR(EraseReplaced(transaction, gone));
  return erased;
}

absl::Status EraseReplaced(storage::Transaction& transaction,
                           const std::vector<std::string>& account_ids) {
  if (account_ids.empty()) return absl::OkStatus();
  std::vector<std::vector<Value>> sets;
  for (const std::string& account_id : account_ids) sets.push_back({account_id});
  return transaction.connection().ExecuteMany(kEraseReplaced, sets).status();
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
  std::vector<std::vector<Value>> sets;
  for (const std::string& person_id : person_ids) {
    SWITCHBOARD_ASSERT(transaction.Holds(PersonKey(person_id)));
    sets.push_back({person_id});
  }
  return EraseEach(transaction, kErasePerson, sets);
}

}  // namespace switchboard::book

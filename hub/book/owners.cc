#include "hub/book/owners.h"

#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::book {
namespace {

constexpr char kSelectOwners[] =
    "SELECT account_id, person_id FROM account WHERE account_id IN (SELECT c1 FROM rows($1))";
constexpr char kSelectAccounts[] =
    "SELECT account_id, person_id FROM account WHERE person_id IN (SELECT c1 FROM rows($1))";

absl::StatusOr<Owned> Read(storage::Connection& connection, const char* sql,
                           const std::vector<std::string>& ids) {
  Owned owned;
  RETURN_IF_ERROR(connection.Query(sql, {storage::RowsOf(ids)}, [&](const storage::Row& row) {
    owned.emplace_back(row.Text(0), row.Text(1));
    return absl::OkStatus();
  }));
  return owned;
}

absl::StatusOr<std::set<std::string>> PersonsWith(storage::Transaction& transaction,
                                                  const std::vector<std::string>& account_ids) {
  ASSIGN_OR_RETURN(const Owned owned, OwnersOf(transaction.connection(), account_ids));
  std::set<std::string> owners;
  for (const auto& [account_id, person_id] : owned) owners.insert(person_id);
  return owners;
}

}  // namespace

absl::StatusOr<Owned> OwnersOf(storage::Connection& connection,
                               const std::vector<std::string>& account_ids) {
  return Read(connection, kSelectOwners, account_ids);
}

absl::StatusOr<Owned> AccountsOf(storage::Connection& connection,
                                 const std::vector<std::string>& person_ids) {
  return Read(connection, kSelectAccounts, person_ids);
}

absl::StatusOr<std::set<std::string>> HoldOwners(storage::Transaction& transaction,
                                                 const std::vector<std::string>& account_ids) {
  ASSIGN_OR_RETURN(std::set<std::string> owners, PersonsWith(transaction, account_ids));
  std::vector<storage::Key> keys;
  for (const std::string& person_id : owners) keys.push_back(PersonKey(person_id));
  RETURN_IF_ERROR(transaction.Hold(keys));
  // An account may have moved before they were held.
  if (transaction.alone()) return owners;
  return PersonsWith(transaction, account_ids);
}

}  // namespace switchboard::book

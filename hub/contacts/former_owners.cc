#include "hub/contacts/former_owners.h"

#include "hub/base/error.h"

namespace switchboard::contacts {
namespace {

constexpr char kSelectOwners[] =
    "SELECT account_id, person_id FROM former_owner WHERE account_id IN (SELECT c1 FROM rows($1))";
constexpr char kSelectAccounts[] =
    "SELECT account_id, person_id FROM former_owner WHERE person_id IN (SELECT c1 FROM rows($1))";

absl::StatusOr<FormerOwned> Read(storage::Connection& connection, const char* sql,
                                 const std::vector<std::string>& ids) {
  FormerOwned owned;
  RETURN_IF_ERROR(connection.Query(sql, {storage::RowsOf(ids)}, [&](const storage::Row& row) {
    owned.emplace_back(row.Text(0), row.Text(1));
    return absl::OkStatus();
  }));
  return owned;
}

}  // namespace

absl::StatusOr<FormerOwned> FormerOwnersOf(storage::Connection& connection,
                                           const std::vector<std::string>& account_ids) {
  return Read(connection, kSelectOwners, account_ids);
}

absl::StatusOr<FormerOwned> FormerAccountsOf(storage::Connection& connection,
                                             const std::vector<std::string>& person_ids) {
  return Read(connection, kSelectAccounts, person_ids);
}

}  // namespace switchboard::contacts

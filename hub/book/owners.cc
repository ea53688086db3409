#include "hub/book/owners.h"

#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::book {
namespace {

constexpr char kSelect[] =
    "SELECT person_id FROM account WHERE account_id IN (SELECT c1 FROM rows($1))";

absl::StatusOr<std::set<std::string>> OwnersOf(storage::Transaction& transaction,
                                               const std::vector<std::string>& account_ids) {
  std::set<std::string> owners;
  RETURN_IF_ERROR(
      transaction.Query(kSelect, {storage::RowsOf(account_ids)}, [&](const storage::Row& row) {
        owners.emplace(row.Text(0));
        return absl::OkStatus();
      }));
  return owners;
}

}  // namespace

absl::StatusOr<std::set<std::string>> HoldOwners(storage::Transaction& transaction,
                                                 const std::vector<std::string>& account_ids) {
  ASSIGN_OR_RETURN(std::set<std::string> owners, OwnersOf(transaction, account_ids));
  std::vector<storage::Key> keys;
  for (const std::string& person_id : owners) keys.push_back(PersonKey(person_id));
  RETURN_IF_ERROR(transaction.Hold(keys));
  // An account may have moved before they were held.
  if (transaction.alone()) return owners;
  return OwnersOf(transaction, account_ids);
}

}  // namespace switchboard::book

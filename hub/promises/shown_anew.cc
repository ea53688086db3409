#include "hub/promises/shown_anew.h"

#include <vector>

#include "hub/base/error.h"

namespace switchboard::promises {

absl::Status ShowAnew(storage::Transaction& transaction, assignments::Changes& changes,
                      const book::Book& book, const std::set<std::string>& account_ids) {
  if (account_ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const auto accounts,
      book.FindAccounts(transaction.connection(), {account_ids.begin(), account_ids.end()}));
  std::set<std::string> owners;
  for (const auto& [account_id, account] : accounts) owners.insert(account.person_id);
  ASSIGN_OR_RETURN(
      const auto of_owners,
      assignments::AssignmentsOfPersons(transaction.connection(), {owners.begin(), owners.end()}));
  for (const auto& of_owner : of_owners) {
    for (const assignments::Assignment& one : of_owner)
      if (one.live && account_ids.contains(one.account_id)) changes.Touch(one);
  }
  return absl::OkStatus();
}

}  // namespace switchboard::promises

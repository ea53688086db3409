#include "hub/promises/shown_anew.h"

#include <vector>

#include "hub/base/error.h"

namespace switchboard::promises {

absl::Status ShowAnew(storage::Transaction& transaction, assignments::Changes& changes,
                      const book::Book& book, const std::set<std::string>& account_ids) {
  // Nobody else places or withdraws what is looked at.
  std::set<std::string> owners;
  for (const std::string& account_id : account_ids) {
    ASSIGN_OR_RETURN(const auto account, book.HoldOwner(transaction, account_id));
    if (account.has_value()) owners.insert(account->person_id);
  }
  if (owners.empty()) return absl::OkStatus();
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

#include "hub/permits/moved_accounts.h"

#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/stops/stops.h"

namespace switchboard::permits {

absl::StatusOr<std::vector<MovedAccount>> HoldMovedAccounts(storage::Transaction& transaction,
                                                            const book::Book& book,
                                                            std::string_view person_id) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(person_id)));
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const auto history, assignments::AssignmentsOfPerson(connection, person_id));
  std::vector<std::string> account_ids;
  for (const assignments::Assignment& assignment : history) {
    if (account_ids.empty() || account_ids.back() != assignment.account_id)
      account_ids.push_back(assignment.account_id);
  }
  ASSIGN_OR_RETURN(const auto accounts, book.FindAccounts(connection, account_ids));
  std::vector<MovedAccount> moved;
  for (const auto& [account_id, known] : accounts) {
    // Nothing leaves who is held.
    if (known.person_id == person_id) continue;
    ASSIGN_OR_RETURN(const auto now, book.HoldOwner(transaction, account_id));
    if (now.has_value()) moved.push_back({account_id, now->person_id});
  }
  return moved;
}

absl::Status StopMovedAccounts(storage::Transaction& transaction, assignments::Changes& changes,
                               const book::Book& book, std::string_view actor,
                               std::string_view person_id, const stops::StopTerms& stop,
                               Withdrawn* withdrawn) {
  ASSIGN_OR_RETURN(const auto moved, HoldMovedAccounts(transaction, book, person_id));
  for (const MovedAccount& one : moved) {
    RETURN_IF_ERROR(stops::ExtendToAccount(transaction, actor, person_id, one.account_id));
    RETURN_IF_ERROR(
        StopWork(transaction, changes, actor, one.owner_id, one.account_id, stop, withdrawn));
  }
  return absl::OkStatus();
}

}  // namespace switchboard::permits

#include "hub/promises/shown_anew.h"

#include <vector>

#include "hub/assignments/vendor_counter.h"
#include "hub/base/error.h"

namespace switchboard::promises {

absl::Status ShowAnew(storage::Transaction& transaction, const book::Book& book,
                      const std::set<std::string>& account_ids) {
  // Nobody else places or withdraws what is looked at.
  std::set<std::string> owners;
  for (const std::string& account_id : account_ids) {
    ASSIGN_OR_RETURN(const auto account, book.HoldOwner(transaction, account_id));
    if (account.has_value()) owners.insert(account->person_id);
  }
  return ShowAnewOf(transaction, owners, account_ids);
}

absl::Status ShowAnewOf(storage::Transaction& transaction, const std::set<std::string>& person_ids,
                        const std::set<std::string>& account_ids) {
  if (person_ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto of_persons,
                   assignments::AssignmentsOfPersons(transaction.connection(),
                                                     {person_ids.begin(), person_ids.end()}));
  for (const auto& of_person : of_persons) {
    for (const assignments::Assignment& one : of_person) {
      if (!one.live || !account_ids.contains(one.account_id)) continue;
      assignments::VendorCounter::Of(transaction, one.vendor_id)
          .touches.push_back(one.assignment_id);
      transaction.Announce(Topic::Feed(one.vendor_id));
    }
  }
  return absl::OkStatus();
}

}  // namespace switchboard::promises

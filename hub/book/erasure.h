#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"

// Erases what retention says of the tables account and person, with their boxes names and numbers;
// and of replaced_record what can be of use no longer.

namespace switchboard::book {

struct AccountAge {
  std::string account_id;
  std::string person_id;
  // When the core last sent it.
  int64_t update_time_us = 0;
};

// Accounts by id, from behind `after`, at most `limit`.
absl::StatusOr<std::vector<AccountAge>> AccountsAfter(storage::Connection& connection,
                                                      std::string_view after, int limit);

// Those of a person, by id.
absl::StatusOr<std::vector<AccountAge>> AccountAgesOf(storage::Connection& connection,
                                                      std::string_view person_id);

// Erases those that still belong to the same person and were not sent after `until_us`; says of
// each whether it did. REQUIRES: `placement` and their persons are held, none has an assignment.
absl::StatusOr<std::vector<bool>> EraseAccounts(storage::Transaction& transaction,
                                                const std::vector<AccountAge>& accounts,
                                                int64_t until_us);

// Forgets what sources told of these accounts before others replaced it.
absl::Status EraseReplaced(storage::Transaction& transaction,
                           const std::vector<std::string>& account_ids);

struct PersonsPage {
  std::vector<std::string> without_accounts;
  std::string last_id;  // go on from here; empty at the end
  int rows = 0;         // looked at
};
// Persons without an account, among the `limit` that follow `after` by id.
absl::StatusOr<PersonsPage> PersonsAfter(storage::Connection& connection, std::string_view after,
                                         int limit);

// Erases those that have no account; says of each whether it did. REQUIRES: `placement` and the
// persons are held, none has an assignment.
absl::StatusOr<std::vector<bool>> ErasePersons(storage::Transaction& transaction,
                                               const std::vector<std::string>& person_ids);

// One page of what was known of persons until a moment, in the order of these moments.
struct OldPastPage {
  std::vector<std::string> person_ids;  // of whom; one may stand several times
  int64_t through_us = 0;               // all of that moment and before was looked at
  bool last = false;                    // there is no more
};
// What was known until after `after_us` and no later than `until_us`, about `limit` of it.
absl::StatusOr<OldPastPage> OldPast(storage::Connection& connection, int64_t after_us,
                                    int64_t until_us, int limit);

// Erases what was known until after `after_us` and no later than `through_us`, but of those whom
// `kept` names, ids of persons; how much. Nobody need be held.
absl::StatusOr<int64_t> ErasePast(storage::Transaction& transaction, int64_t after_us,
                                  int64_t through_us, const storage::Rows& kept);

}  // namespace switchboard::book

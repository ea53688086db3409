#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"

namespace switchboard::contacts {

// One page of contacts in the order in which they began.
struct OldContactsPage {
  std::vector<std::string> person_ids;  // whose they are; one may stand several times
  int64_t through_us = 0;               // all that began until then were looked at
  bool last = false;                    // there are no more
};
// Contacts that began after `after_us` and no later than `until_us`, about `limit` of them.
absl::StatusOr<OldContactsPage> OldContacts(storage::Connection& connection, int64_t after_us,
                                            int64_t until_us, int limit);

// Erases those that began after `after_us` and no later than `through_us`, but those about whom
// `kept` names, ids of persons; how many. Nobody need be held: no rule looks back that far.
absl::StatusOr<int64_t> EraseContacts(storage::Transaction& transaction, int64_t after_us,
                                      int64_t through_us, const storage::Rows& kept);

// How many of a person's began no later than `until_us`.
absl::StatusOr<int64_t> CountContactsOf(storage::Connection& connection, std::string_view person_id,
                                        int64_t until_us);
// Erases these; how many. REQUIRES: no rule looks back that far.
absl::StatusOr<int64_t> EraseContactsOf(storage::Transaction& transaction,
                                        std::string_view person_id, int64_t until_us);

// Forgets whose these accounts were before. Not sooner: a former owner is erased before the
// contacts of that time are.
absl::Status ForgetAccounts(storage::Transaction& transaction,
                            const std::vector<std::string>& account_ids);

}  // namespace switchboard::contacts

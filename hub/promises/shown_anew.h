#pragma once

#include <set>
#include <string>

#include "hub/assignments/assignments.h"
#include "hub/book/book.h"
#include "hub/storage/transaction.h"

namespace switchboard::promises {

// Whoever has these accounts now sees anew what is promised on them.
absl::Status ShowAnew(storage::Transaction& transaction, const book::Book& book,
                      const std::set<std::string>& account_ids);

// The same of accounts of these persons, who are held.
absl::Status ShowAnewOf(storage::Transaction& transaction, const std::set<std::string>& person_ids,
                        const std::set<std::string>& account_ids);

}  // namespace switchboard::promises

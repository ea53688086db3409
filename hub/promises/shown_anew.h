#pragma once

#include <set>
#include <string>

#include "hub/assignments/assignments.h"
#include "hub/book/book.h"
#include "hub/storage/transaction.h"

namespace switchboard::promises {

// Whoever has these accounts now sees anew what is promised on them.
absl::Status ShowAnew(storage::Transaction& transaction, assignments::Changes& changes,
                      const book::Book& book, const std::set<std::string>& account_ids);

}  // namespace switchboard::promises

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"

// To what a vendor's live assignments were last held, all of them: a digest of its terms. While it
// is that of the terms of the moment, nobody needs to look for work that a vendor may not hold.

namespace switchboard::feed {

struct HeldTo {
  std::string vendor_id;
  std::string terms;  // empty: never looked through
};

// Of every vendor that has a feed, by id.
absl::StatusOr<std::vector<HeldTo>> AllHeldTo(storage::Connection& connection);

absl::Status SetHeldTo(storage::Transaction& transaction, const HeldTo& held_to);

}  // namespace switchboard::feed

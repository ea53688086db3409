#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"

// To what a vendor's live assignments were last held, all of them: a word for its contract's
// versions and its stops. While it is that of the moment, and no row waits to be shown again,
// nobody needs to look through a vendor's work.

namespace switchboard::feed {

struct HeldTo {
  std::string vendor_id;
  std::string terms;             // empty: never looked through
  int64_t contract_version = 0;  // by which its rows are masked
  // The version that rows through `loosened_through` may still show, where later ones only added to
  // it; 0: none, and no row waits to be shown again.
  int64_t loosened_from = 0;
  int64_t loosened_through = 0;

  bool operator==(const HeldTo&) const = default;
};

// Of every vendor that has a feed, by id.
absl::StatusOr<std::vector<HeldTo>> AllHeldTo(storage::Connection& connection);

// All of a vendor's work was looked through, and what was loosened is shown. Nothing when its feed
// has come to follow another version than `held_to` says: its rows are to be looked through again.
absl::Status SetHeldTo(storage::Transaction& transaction, const HeldTo& held_to);

}  // namespace switchboard::feed

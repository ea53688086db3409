#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "hub/storage/transaction.h"

// The row of the table vendor, as the feed decides by it.

namespace switchboard::feed {

struct VendorRow {
  int64_t contract_version = 0;
  std::string generation;
  int64_t floor = 0;  // withdrawals up to here ended in an earlier generation
  int64_t newest = 0;
  int64_t acknowledged = 0;
  int64_t session = 0;
  int64_t loosened_from = 0;  // see HeldTo
};

// PERMISSION_DENIED, NO_CONTRACT when the vendor never had one.
absl::StatusOr<VendorRow> ReadVendor(storage::Connection& connection, std::string_view vendor_id);

// What a session's cursor, its fence and the contract in force rest on.
absl::Status HoldFeed(storage::Transaction& transaction, std::string_view vendor_id);

// Remembers how far the vendor has come.
absl::Status SetAcknowledged(storage::Transaction& transaction, std::string_view vendor_id,
                             int64_t sequence);

}  // namespace switchboard::feed

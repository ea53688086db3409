#pragma once

#include <string_view>

#include "hub/base/ids.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"

namespace switchboard::audit {

// Keeps what was refused, with the reason, so that nothing that anybody sent is ever dropped (I2).
struct Refused {
  std::string_view actor;   // who sent it: "core/main"
  std::string_view kind;    // "account", "event", "outcome"
  std::string_view status;  // enum name of the receipt's status
  std::string_view field;   // path of the offending field, or empty
  std::string_view bytes;   // as received; sealed before it is stored
};

// Stores the item and its audit event in the unit's transaction.
absl::Status Quarantine(storage::Transaction& transaction, storage::Sealer& sealer, IdMint& ids,
                        const Refused& refused);

// Refused items go from the oldest on: of the `limit` oldest, those not younger than `until_us`.
absl::StatusOr<bool> AnyOldQuarantine(storage::Connection& connection, int64_t until_us, int limit);
// How many it erased.
absl::StatusOr<int64_t> EraseQuarantine(storage::Transaction& transaction, int64_t until_us,
                                        int limit);

}  // namespace switchboard::audit

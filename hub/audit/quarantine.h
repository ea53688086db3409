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

}  // namespace switchboard::audit

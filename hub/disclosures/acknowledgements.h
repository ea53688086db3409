#pragma once

#include <cstdint>
#include <string_view>

#include "hub/storage/transaction.h"

// When vendors had stored their feeds, and up to which place. Owns the table acknowledgement.

namespace switchboard::disclosures {

// A vendor has stored a generation of its feed up to `sequence`. REQUIRES: not said before.
absl::Status WriteAcknowledgement(storage::Transaction& transaction, std::string_view vendor_id,
                                  std::string_view generation, int64_t sequence);

}  // namespace switchboard::disclosures

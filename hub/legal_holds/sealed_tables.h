#pragma once

#include "hub/storage/sealed_table.h"

// Boxes of legal holds.

namespace switchboard::legal_holds {

extern const storage::SealedTable kSealedHolds;

}  // namespace switchboard::legal_holds

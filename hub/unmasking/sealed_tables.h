#pragma once

#include "hub/storage/sealed_table.h"

// Boxes of unmaskings.

namespace switchboard::unmasking {

extern const storage::SealedTable kSealedUnmaskings;

}  // namespace switchboard::unmasking

#pragma once

#include <vector>

#include "hub/storage/sealed_table.h"

namespace switchboard::upkeep {

// All columns of boxes there are, in the order in which a rotation walks over them.
// storage/column_class.h says of which columns that must be.
const std::vector<const storage::SealedTable*>& SealedTables();

}  // namespace switchboard::upkeep

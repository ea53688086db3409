#pragma once

#include <string_view>

#include "hub/storage/sealed_table.h"

// Boxes of assignments, and what each of them is bound to.

namespace switchboard::assignments {

// Why it was placed where it was.
storage::BoxPlace PlaceOfWhy(std::string_view assignment_id);
storage::BoxPlace PlaceOfHandOver(std::string_view assignment_id);

extern const storage::SealedTable kSealedReasons;
extern const storage::SealedTable kSealedHandOvers;

}  // namespace switchboard::assignments

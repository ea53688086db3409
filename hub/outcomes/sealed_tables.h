#pragma once

#include <string_view>

#include "hub/storage/sealed_table.h"

// Boxes of what agents were at, and what each of them is bound to. The boxes of outcomes lie in the
// core feed.

namespace switchboard::outcomes {

storage::BoxPlace PlaceOfAgentTime(std::string_view vendor_id, std::string_view outcome_id);

extern const storage::SealedTable kSealedAgentTimes;

}  // namespace switchboard::outcomes

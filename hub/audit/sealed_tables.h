#pragma once

#include <string_view>

#include "hub/storage/sealed_table.h"

// Boxes of refused items.

namespace switchboard::audit {

// With who sent it, as what and from where: whoever takes it again takes it as theirs.
storage::BoxPlace PlaceOfQuarantined(std::string_view quarantine_id, std::string_view actor,
                                     std::string_view kind, std::string_view source);

extern const storage::SealedTable kSealedQuarantine;

}  // namespace switchboard::audit

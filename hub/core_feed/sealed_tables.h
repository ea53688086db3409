#pragma once

#include <string_view>

#include "hub/core_feed/core_feed.h"
#include "hub/storage/sealed_table.h"

// Boxes of the core feed. An item is sealed before it has its number: its box is bound to its kind
// and to the text in the column `place`, which names no other item.

namespace switchboard::core_feed {

storage::BoxPlace PlaceOfItem(ItemKind kind, std::string_view place);
// What was taken out of the text of an item: a v1.HiddenText.
storage::BoxPlace PlaceOfHidden(ItemKind kind, std::string_view place);

extern const storage::SealedTable kSealedItems;
extern const storage::SealedTable kSealedHidden;

}  // namespace switchboard::core_feed

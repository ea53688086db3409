#pragma once

#include "hub/redaction/japanese_tokens.h"
#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// Adds postal addresses in Japanese: prefecture, municipality, town, block and building as far as
// they stand one behind another, by the table of towns (japanese_towns.h) and by the dictionary's
// places, from the municipality on (渋谷区, 札幌市中央区北1条西5丁目). A town without its
// municipality counts with the numbers of a block behind it (神南1丁目19番11号, 神南1-19-11). Not a
// prefecture alone, nor offices and people called after a place: 渋谷区役所, 松本市民. `reading`:
// of the marks' text.
void FindJapaneseAddresses(const JapaneseReading& reading, Marks* marks);

}  // namespace switchboard::redaction

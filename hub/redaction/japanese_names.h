#pragma once

#include "hub/redaction/japanese_tokens.h"
#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// Adds names of people in Japanese, by what the dictionary reads, by tables of names
// (hub/base/name_table.h) and by what stands around:
// - family and given name in kanji, in kana, and in kanji with kana, with or without a blank;
// - one of them with an honorific, a role or a kinship beside it (林さん, 森部長, 妻の花子), or a
//   family name of two characters that stands alone;
// - foreign names in katakana, parted by dots, or single ones that the dictionary does not know:
//   some of these are things, since a name that stays does more harm than a word that is hidden;
// - Chinese and Korean names in Han with a blank or an honorific.
// Not names of places and firms, as far as what follows tells: 松本市, 本田技研, 鈴木商店.
// `reading`: of the marks' text.
void FindJapaneseNames(const JapaneseReading& reading, Marks* marks);

}  // namespace switchboard::redaction

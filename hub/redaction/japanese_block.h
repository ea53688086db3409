#pragma once

#include <cstddef>

#include "hub/redaction/folded_text.h"

namespace switchboard::redaction {

// Numbers of blocks, houses and flats in Japanese, one behind another: "1-19-11",
// "1丁目19番地の11", "北1条西5丁目", "字富士見55", "十三番地 201号室".
struct JapaneseBlock {
  size_t end = 0;        // behind the last; where it was asked for when there are none
  size_t numbers = 0;    // how many
  bool is_sure = false;  // one with 丁目, 番地 or their like, which stand in addresses only
};

// From `at` on.
JapaneseBlock JapaneseBlockAt(const FoldedText& text, size_t at);

// Behind the name of a building with its flat, as far as one begins at `at`, a blank before it
// perhaps: "ハイツ神南201", "ノースゲートビル15階". `at` when there is none.
size_t JapaneseBuildingEnd(const FoldedText& text, size_t at);

}  // namespace switchboard::redaction

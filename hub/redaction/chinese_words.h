#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hub/redaction/folded_text.h"

namespace switchboard::redaction {

// A word of Chinese as the tagger reads it (chinese_model.h): characters [begin, end) of a text.
struct ChineseWord {
  enum class Kind : uint8_t { kOther, kNoun, kName, kPlace, kOrganization };

  size_t begin = 0;
  size_t end = 0;
  Kind kind = Kind::kOther;  // kNoun: of neither of the three behind it
};

// The words of the sentences of a text that hold Han characters, in order. What stands between
// words belongs to none.
std::vector<ChineseWord> ChineseWordsOf(const FoldedText& text);

}  // namespace switchboard::redaction

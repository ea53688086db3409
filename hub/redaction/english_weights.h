#pragma once

#include <cstddef>
#include <cstdint>

namespace switchboard::redaction {

// What the English tagger knows: words with what they may be, and the weights of a linear tagger of
// words. data/train_english.cc lays it out like this, and the build links it in. All whole numbers,
// so that every processor comes to the same tags.
struct EnglishWeights {
  // Nobody; then by turns where one begins and where it goes on: the name of a person, an address,
  // another place, a firm or a thing.
  static constexpr size_t kLabels = 9;
  static constexpr size_t kWordSlots = 1 << 18, kFeatureSlots = 1 << 16;

  // Open addressing, by the hash's last bits, then the next ones; 0: free. Of a word the hash's
  // first 24 bits and its eight bits (english_words.h).
  uint32_t words[kWordSlots];
  uint32_t features[kFeatureSlots];
  int8_t weights[kFeatureSlots][kLabels];
  int8_t begins[kLabels];
  int8_t follows[kLabels][kLabels];  // each behind each
  int8_t unused[2];                  // to a whole number of words
};

const EnglishWeights& LinkedEnglishWeights();

}  // namespace switchboard::redaction

#pragma once

#include <cstddef>
#include <cstdint>

namespace switchboard::redaction {

// The weights of the Chinese tagger: a tagger of characters of two layers of gated recurrent units,
// each in both directions, under a conditional random field. It is the model lac_small of Debian's
// package python3-jieba (NOTICE), which data/make_chinese_tagger.py lays out like this and the
// build links in. Weights and states are integers in 1/1024, biases and scores in 1/1024²: sums of
// whole numbers, so that every processor comes to the same tags.
struct ChineseWeights {
  static constexpr size_t kWidth = 128;  // of a character and of a state
  static constexpr size_t kTags = 57;
  static constexpr size_t kPaddedTags = 64;
  static constexpr size_t kCharacters = 20941;
  static constexpr int kPlaces = 10;  // binary ones
  static constexpr int32_t kOne = 1 << kPlaces;
  static constexpr int32_t kCurveMax = 8 * kOne;  // of what the two curves are asked for

  // One direction of a layer: for each output what it takes of each input. The outputs are those
  // that update, that forget, and that propose a state.
  template <size_t kInputs>
  struct Layer {
    int16_t input[3 * kWidth][kInputs];
    int16_t gates[2 * kWidth][kWidth];
    int16_t proposal[kWidth][kWidth];
    int32_t bias[3 * kWidth];
  };

  // Bits of `tags`.
  static constexpr uint8_t kKind = 3;
  static constexpr uint8_t kName = 1, kPlace = 2, kOrganization = 3;
  static constexpr uint8_t kContinues = 4;  // the word of the character before
  static constexpr uint8_t kNoun = 8;

  uint16_t characters[1 << 16];  // which one of `embedding` each of the first plane is
  int16_t embedding[kCharacters][kWidth];
  Layer<kWidth> lower[2];  // read from the front and from the back
  Layer<2 * kWidth> upper[2];
  int16_t output[kPaddedTags][2 * kWidth];
  int32_t output_bias[kPaddedTags];
  int32_t begins[kPaddedTags], ends[kPaddedTags];
  int32_t follows[kTags][kPaddedTags];  // each behind each
  int16_t sigmoid[2 * kCurveMax], tanh[2 * kCurveMax];
  uint8_t tags[kPaddedTags];
};

const ChineseWeights& LinkedChineseWeights();

}  // namespace switchboard::redaction

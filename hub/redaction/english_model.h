#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "hub/redaction/english_weights.h"
#include "hub/redaction/english_words.h"

namespace switchboard::redaction {

// What words are parts of.
enum class EnglishKind : uint8_t { kNone, kName, kAddress, kPlace, kThing };

// Words [first, last) that are one.
struct EnglishPart {
  EnglishKind kind = EnglishKind::kNone;
  size_t first = 0;
  size_t last = 0;
};

// The model's reading of words, in their order; what is nothing is left out.
std::vector<EnglishPart> EnglishPartsOf(const std::vector<EnglishWord>& words,
                                        const EnglishWeights& weights);

// For the training, which asks for the same features:

// How a text's letters are written, for words have no capitals in one that has none.
enum class EnglishDress : uint8_t { kMixed, kSmall, kCapitals };
EnglishDress DressOf(const std::vector<EnglishWord>& words);

// Hashes of what can be said of a word and of those around it, none of them 0. Those of its own
// letters come last: `kOwnFeatures` of them.
constexpr size_t kOwnFeatures = 8;
void FeaturesOf(const std::vector<EnglishWord>& words, size_t at, EnglishDress dress,
                std::vector<uint32_t>* features);

// Labels are 0 for nothing, 2 * kind - 1 for the first word of one, 2 * kind for others.
using EnglishLabels = std::vector<uint8_t>;

// The best row of labels, by sums of what each word gives and of what stands behind what.
template <typename Number>
EnglishLabels BestLabels(const std::vector<std::array<Number, EnglishWeights::kLabels>>& given,
                         const std::array<std::array<Number, EnglishWeights::kLabels>,
                                          EnglishWeights::kLabels + 1>& follows);

std::vector<EnglishPart> PartsOf(const EnglishLabels& labels);

template <typename Number>
EnglishLabels BestLabels(const std::vector<std::array<Number, EnglishWeights::kLabels>>& given,
                         const std::array<std::array<Number, EnglishWeights::kLabels>,
                                          EnglishWeights::kLabels + 1>& follows) {
  constexpr size_t kLabels = EnglishWeights::kLabels;
  constexpr Number kNever = std::numeric_limits<Number>::lowest() / 2;
  const size_t words = given.size();
  std::vector<std::array<uint8_t, kLabels>> from(words);
  std::array<Number, kLabels> best{};
  for (size_t word = 0; word < words; ++word) {
    std::array<Number, kLabels> now{};
    for (size_t label = 0; label < kLabels; ++label) {
      const bool goes_on = label > 0 && label % 2 == 0;
      now[label] = kNever;
      // The row behind the labels is that of a text's begin.
      if (word == 0) {
        if (!goes_on) now[label] = given[0][label] + follows[kLabels][label];
        continue;
      }
      for (size_t before = 0; before < kLabels; ++before) {
        if (goes_on && before != label && before + 1 != label) continue;
        const Number sum = best[before] + follows[before][label] + given[word][label];
        if (sum > now[label]) {
          now[label] = sum;
          from[word][label] = static_cast<uint8_t>(before);
        }
      }
    }
    best = now;
  }
  EnglishLabels labels(words);
  uint8_t label = 0;
  for (size_t i = 1; i < kLabels; ++i) {
    if (best[i] > best[label]) label = static_cast<uint8_t>(i);
  }
  for (size_t word = words; word-- > 0;) {
    labels[word] = label;
    label = from[word][label];
  }
  return labels;
}

}  // namespace switchboard::redaction

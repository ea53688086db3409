#include "hub/redaction/english_model.h"

#include <algorithm>

namespace switchboard::redaction {
namespace {

constexpr size_t kLabels = EnglishWeights::kLabels;

uint32_t Mixed(uint32_t sort, uint32_t a, uint32_t b = 0, uint32_t c = 0) {
  uint32_t hash = sort * 0x9E3779B1u;
  for (const uint32_t part : {a, b, c}) {
    hash = (hash ^ part) * 0x85EBCA6Bu;
    hash ^= hash >> 13;
  }
  return hash == 0 ? 1 : hash;
}

// What is known of a word without its letters; of none beyond the text's ends.
struct Outline {
  uint32_t hash = 1, shape = 2, known = 3, sort = 4;
};

Outline OutlineOf(const std::vector<EnglishWord>& words, size_t at, int by) {
  if (by < 0 && at < static_cast<size_t>(-by)) return {};
  const size_t index = static_cast<size_t>(static_cast<ptrdiff_t>(at) + by);
  if (index >= words.size()) return {};
  const EnglishWord& word = words[index];
  const uint32_t known = word.bits & ~uint32_t{EnglishWord::kQuiet};
  const uint32_t letters = static_cast<uint32_t>(word.letter_case) + 1;
  const bool sign = word.letter_case == EnglishWord::Case::kNone;
  return {word.hash, word.shape, known << 8, Mixed(0, known, letters, sign ? word.shape : 0)};
}

// Where a sentence begins every word has a capital.
bool BeginsSentence(const std::vector<EnglishWord>& words, size_t at) {
  static const std::array kEnds = {HashOfWord(U"."), HashOfWord(U"!"), HashOfWord(U"?"),
                                   HashOfWord(U":"), HashOfWord(U"\"")};
  return at == 0 || words[at].on_new_line ||
         std::find(kEnds.begin(), kEnds.end(), words[at - 1].hash) != kEnds.end();
}

using Sums = std::array<int32_t, kLabels>;

void AddWeights(uint32_t feature, const EnglishWeights& weights, Sums* sums) {
  constexpr uint32_t kLast = EnglishWeights::kFeatureSlots - 1;
  for (uint32_t slot = feature & kLast; weights.features[slot] != 0; slot = (slot + 1) & kLast) {
    if (weights.features[slot] != feature) continue;
    for (size_t label = 0; label < kLabels; ++label) (*sums)[label] += weights.weights[slot][label];
    return;
  }
}

}  // namespace

EnglishDress DressOf(const std::vector<EnglishWord>& words) {
  using Case = EnglishWord::Case;
  size_t small = 0, capital = 0, capitals = 0;
  for (const EnglishWord& word : words) {
    small += word.letter_case == Case::kSmall;
    capital += word.letter_case == Case::kCapital || word.letter_case == Case::kMixed;
    capitals += word.letter_case == Case::kCapitals;
  }
  if (small > 0 && capital + capitals == 0) return EnglishDress::kSmall;
  return capitals > 1 && capitals > 3 * small ? EnglishDress::kCapitals : EnglishDress::kMixed;
}

void FeaturesOf(const std::vector<EnglishWord>& words, size_t at, EnglishDress dress,
                std::vector<uint32_t>* features) {
  const EnglishWord& word = words[at];
  const auto how = static_cast<uint32_t>(dress);
  const Outline here = OutlineOf(words, at, 0), before = OutlineOf(words, at, -1),
                behind = OutlineOf(words, at, 1), before2 = OutlineOf(words, at, -2),
                behind2 = OutlineOf(words, at, 2);
  const uint32_t begins = BeginsSentence(words, at) ? 1 : 0;
  features->assign({
      Mixed(1, 0),
      Mixed(2, before.hash),
      Mixed(3, behind.hash),
      Mixed(4, before2.hash),
      Mixed(5, behind2.hash),
      Mixed(6, before.shape),
      Mixed(7, behind.shape),
      Mixed(8, before.sort),
      Mixed(9, behind.sort),
      Mixed(10, before2.sort),
      Mixed(11, behind2.sort),
      Mixed(12, here.sort, how, begins),
      Mixed(13, here.sort, before.sort),
      Mixed(14, here.sort, behind.sort),
      Mixed(15, here.sort, before.sort, behind.sort),
      Mixed(16, before.hash, here.shape),
      Mixed(17, before.hash, before2.hash),
      Mixed(18, behind.hash, here.shape),
      Mixed(19, before.hash, here.sort),
      Mixed(20, behind.hash, here.sort),
      Mixed(21, before.hash, behind.hash),
      Mixed(22, here.shape, how, begins),
      Mixed(23, here.known, how),
      Mixed(24, here.sort, before.sort, before2.sort),
      Mixed(25, here.sort, behind.sort, behind2.sort),
      Mixed(26, word.possessive, here.sort),
      Mixed(27, word.on_new_line, here.sort),
      Mixed(28, behind.hash, behind2.hash),
      Mixed(29, here.sort, OutlineOf(words, at, -3).hash),
      Mixed(30, word.hash),
      Mixed(31, word.hash, here.shape),
      Mixed(32, word.head),
      Mixed(33, word.tail2),
      Mixed(34, word.tail3),
      Mixed(35, std::min<uint32_t>(word.letters, 9), here.sort),
      Mixed(36, word.hash, before.hash),
      Mixed(37, word.hash, behind.hash),
  });
}

std::vector<EnglishPart> PartsOf(const EnglishLabels& labels) {
  std::vector<EnglishPart> parts;
  for (size_t at = 0; at < labels.size();) {
    const uint8_t label = labels[at];
    size_t last = at + 1;
    if (label > 0) {
      const auto kind = static_cast<uint8_t>((label + 1) / 2);
      while (last < labels.size() && labels[last] == 2 * kind) ++last;
      parts.push_back({static_cast<EnglishKind>(kind), at, last});
    }
    at = last;
  }
  return parts;
}

std::vector<EnglishPart> EnglishPartsOf(const std::vector<EnglishWord>& words,
                                        const EnglishWeights& weights) {
  if (words.empty()) return {};
  std::array<Sums, kLabels + 1> follows{};
  for (size_t before = 0; before <= kLabels; ++before) {
    const int8_t* const row = before < kLabels ? weights.follows[before] : weights.begins;
    std::copy(row, row + kLabels, follows[before].begin());
  }
  const EnglishDress dress = DressOf(words);
  std::vector<Sums> given(words.size());
  std::vector<uint32_t> features;
  for (size_t at = 0; at < words.size(); ++at) {
    FeaturesOf(words, at, dress, &features);
    for (const uint32_t feature : features) AddWeights(feature, weights, &given[at]);
  }
  return PartsOf(BestLabels(given, follows));
}

}  // namespace switchboard::redaction

#include "hub/redaction/chinese_model.h"

#include <algorithm>
#include <array>
#include <span>

#include "hub/redaction/chinese_weights.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace switchboard::redaction {
namespace {

using Weights = ChineseWeights;

constexpr size_t kWidth = Weights::kWidth;
constexpr size_t kSums = 3 * kWidth;
constexpr int32_t kOne = Weights::kOne;
constexpr int32_t kHalf = kOne / 2;

// What four rows of weights make of the same inputs. Rows are taken together, since to load the
// inputs costs as much as to multiply them.
constexpr size_t kTogether = 4;
using Sums = std::array<int32_t, kTogether>;

#ifdef __SSE2__

// Every processor of this kind has these; a compiler finds them only when it optimises.
template <size_t kSize>
Sums SumsOf(const int16_t (*rows)[kSize], const int16_t* x) {
  static_assert(kSize % 8 == 0);
  const auto load = [](const int16_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  __m128i first = _mm_setzero_si128(), second = first, third = first, fourth = first;
  for (size_t i = 0; i < kSize; i += 8) {
    const __m128i inputs = load(x + i);
    first = _mm_add_epi32(first, _mm_madd_epi16(load(rows[0] + i), inputs));
    second = _mm_add_epi32(second, _mm_madd_epi16(load(rows[1] + i), inputs));
    third = _mm_add_epi32(third, _mm_madd_epi16(load(rows[2] + i), inputs));
    fourth = _mm_add_epi32(fourth, _mm_madd_epi16(load(rows[3] + i), inputs));
  }
  // Each of the four consists of four parts.
  const __m128i low =
      _mm_add_epi32(_mm_unpacklo_epi32(first, second), _mm_unpackhi_epi32(first, second));
  const __m128i high =
      _mm_add_epi32(_mm_unpacklo_epi32(third, fourth), _mm_unpackhi_epi32(third, fourth));
  Sums result;
  _mm_storeu_si128(reinterpret_cast<__m128i*>(result.data()),
                   _mm_add_epi32(_mm_unpacklo_epi64(low, high), _mm_unpackhi_epi64(low, high)));
  return result;
}

#else

template <size_t kSize>
Sums SumsOf(const int16_t (*rows)[kSize], const int16_t* x) {
  Sums sums{};
  for (size_t row = 0; row < kTogether; ++row) {
    for (size_t i = 0; i < kSize; ++i) sums[row] += static_cast<int32_t>(rows[row][i]) * x[i];
  }
  return sums;
}

#endif

int16_t OnCurve(const int16_t (&curve)[2 * Weights::kCurveMax], int32_t sum) {
  const int32_t step = (sum + kHalf) >> Weights::kPlaces;
  const int32_t within = std::clamp(step, -Weights::kCurveMax, Weights::kCurveMax - 1);
  return curve[within + Weights::kCurveMax];
}

// One direction over a text. `x`: the inputs of each character in a row; the states go into the
// first half of each row of `states`, or the second.
template <size_t kInputs>
void Run(const Weights::Layer<kInputs>& layer, bool from_back, const std::vector<int16_t>& x,
         std::vector<int16_t>* states) {
  const Weights& weights = LinkedChineseWeights();
  const size_t size = x.size() / kInputs;
  // All characters by the same rows: what is read of the weights stays near the processor.
  std::vector<int32_t> all(size * kSums);
  for (size_t row = 0; row < kSums; row += kTogether) {
    for (size_t at = 0; at < size; ++at) {
      const Sums sums = SumsOf(layer.input + row, x.data() + at * kInputs);
      for (size_t i = 0; i < kTogether; ++i) {
        all[at * kSums + row + i] = layer.bias[row + i] + sums[i];
      }
    }
  }
  std::array<int16_t, kWidth> state{}, kept{}, update{};
  for (size_t step = 0; step < size; ++step) {
    const size_t at = from_back ? size - 1 - step : step;
    const int32_t* const own = all.data() + at * kSums;
    for (size_t row = 0; row < kWidth; row += kTogether) {
      const Sums updates = SumsOf(layer.gates + row, state.data());
      const Sums keeps = SumsOf(layer.gates + kWidth + row, state.data());
      for (size_t i = 0; i < kTogether; ++i) {
        update[row + i] = OnCurve(weights.sigmoid, own[row + i] + updates[i]);
        const int32_t keep = OnCurve(weights.sigmoid, own[kWidth + row + i] + keeps[i]);
        kept[row + i] = static_cast<int16_t>((keep * state[row + i] + kHalf) >> Weights::kPlaces);
      }
    }
    for (size_t row = 0; row < kWidth; row += kTogether) {
      const Sums proposals = SumsOf(layer.proposal + row, kept.data());
      for (size_t i = 0; i < kTogether; ++i) {
        const int32_t proposal = OnCurve(weights.tanh, own[2 * kWidth + row + i] + proposals[i]);
        const int32_t next = (kOne - update[row + i]) * state[row + i] + update[row + i] * proposal;
        state[row + i] = static_cast<int16_t>((next + kHalf) >> Weights::kPlaces);
      }
    }
    const size_t half = from_back ? kWidth : 0;
    std::copy(state.begin(), state.end(),
              states->begin() + static_cast<std::ptrdiff_t>(at * 2 * kWidth + half));
  }
}

template <size_t kInputs>
std::vector<int16_t> BothWays(const Weights::Layer<kInputs> (&layers)[2],
                              const std::vector<int16_t>& x) {
  std::vector<int16_t> states(x.size() / kInputs * 2 * kWidth);
  Run(layers[0], false, x, &states);
  Run(layers[1], true, x, &states);
  return states;
}

using Scores = std::array<int32_t, Weights::kPaddedTags>;

// What the states say of a character's tags.
Scores ScoresOf(const int16_t* states) {
  const Weights& weights = LinkedChineseWeights();
  Scores scores{};
  for (size_t tag = 0; tag < Weights::kPaddedTags; tag += kTogether) {
    const Sums sums = SumsOf(weights.output + tag, states);
    for (size_t i = 0; i < kTogether; ++i) scores[tag + i] = weights.output_bias[tag + i] + sums[i];
  }
  return scores;
}

// The best row of tags, by Viterbi's algorithm. Of several as good, the first.
class BestTags {
 public:
  explicit BestTags(size_t size) : from_(size) {}

  void Take(size_t at, const Scores& own) {
    const Weights& weights = LinkedChineseWeights();
    if (at == 0) {
      for (size_t tag = 0; tag < Weights::kTags; ++tag) best_[tag] = weights.begins[tag] + own[tag];
      return;
    }
    // From the best of the character before, so that sums stay small however long the text is.
    const int32_t top = *std::max_element(best_.begin(), best_.begin() + Weights::kTags);
    Scores next;
    next.fill(INT32_MIN);
    for (size_t before = 0; before < Weights::kTags; ++before) {
      const int32_t start = best_[before] - top;
      for (size_t tag = 0; tag < Weights::kTags; ++tag) {
        const int32_t score = start + weights.follows[before][tag];
        if (score > next[tag]) {
          next[tag] = score;
          from_[at][tag] = static_cast<uint8_t>(before);
        }
      }
    }
    for (size_t tag = 0; tag < Weights::kTags; ++tag) best_[tag] = next[tag] + own[tag];
  }

  std::vector<uint8_t> Tags() const {
    const Weights& weights = LinkedChineseWeights();
    size_t tag = 0;
    for (size_t other = 1; other < Weights::kTags; ++other) {
      if (best_[other] + weights.ends[other] > best_[tag] + weights.ends[tag]) tag = other;
    }
    std::vector<uint8_t> tags(from_.size());
    for (size_t at = tags.size(); at-- > 0;) {
      tags[at] = static_cast<uint8_t>(tag);
      tag = from_[at][tag];
    }
    return tags;
  }

 private:
  Scores best_{};
  std::vector<std::array<uint8_t, Weights::kPaddedTags>> from_;
};

}  // namespace

std::vector<uint8_t> ChineseTagNumbers(std::u32string_view characters) {
  const Weights& weights = LinkedChineseWeights();
  if (characters.empty()) return {};
  std::vector<int16_t> x(characters.size() * kWidth);
  for (size_t at = 0; at < characters.size(); ++at) {
    // What lies beyond the first plane is as unknown to the model as the last sign of it.
    const size_t character = std::min<size_t>(characters[at], std::size(weights.characters) - 1);
    const int16_t* const from = weights.embedding[weights.characters[character]];
    std::copy(from, from + kWidth, x.begin() + static_cast<std::ptrdiff_t>(at * kWidth));
  }
  const std::vector<int16_t> states = BothWays(weights.upper, BothWays(weights.lower, x));
  BestTags best(characters.size());
  for (size_t at = 0; at < characters.size(); ++at) {
    best.Take(at, ScoresOf(states.data() + at * 2 * kWidth));
  }
  return best.Tags();
}

std::vector<uint8_t> ChineseTags(std::u32string_view characters) {
  std::vector<uint8_t> tags = ChineseTagNumbers(characters);
  for (uint8_t& tag : tags) tag = LinkedChineseWeights().tags[tag];
  return tags;
}

}  // namespace switchboard::redaction

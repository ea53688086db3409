// Trains the English tagger: an averaged structured perceptron. README.md says of what.
//
// usage: train_english WORDS OUT TRAINING.jsonl... [--try HELD.jsonl...]
//
// WORDS and the sets are those of make_english_training.py. What is tried is not trained on: prints
// how many names and addresses are hidden whole, and how many marks lie on one. The same input
// gives the same bytes.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hub/redaction/cards.h"
#include "hub/redaction/emails.h"
#include "hub/redaction/english_model.h"
#include "hub/redaction/identity_numbers.h"
#include "hub/redaction/phones.h"
#include "nlohmann/json.hpp"

namespace switchboard::redaction {
namespace {

constexpr size_t kLabels = EnglishWeights::kLabels;
constexpr size_t kFeaturesMax = 48'000;
constexpr int kRounds = 10;

struct Gold {
  size_t begin = 0, end = 0;  // characters of the folded text
  EnglishKind kind = EnglishKind::kNone;
};
struct Sentence {
  std::string typed;
  std::vector<Gold> golds;
  std::vector<EnglishWord> words;
  EnglishDress dress = EnglishDress::kMixed;
  EnglishLabels labels;
};

// Where code points begin in UTF-8.
std::vector<size_t> BytesOf(std::string_view text) {
  std::vector<size_t> bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) bytes.push_back(i);
  }
  bytes.push_back(text.size());
  return bytes;
}

Sentence SentenceOf(const nlohmann::json& row, const EnglishWeights& weights) {
  Sentence sentence;
  sentence.typed = row.at("text").get<std::string>();
  const FoldedText text(sentence.typed);
  Marks marks(text);
  FindEmails(&marks);
  FindIdentityNumbers(&marks);
  FindCards(&marks);
  FindPhones(&marks);
  sentence.words = EnglishWordsOf(marks, weights);
  sentence.dress = DressOf(sentence.words);
  sentence.labels.resize(sentence.words.size());
  const std::vector<size_t> bytes = BytesOf(sentence.typed);
  for (const auto& span : row.at("spans")) {
    const size_t from = bytes.at(span[0].get<size_t>()), to = bytes.at(span[1].get<size_t>());
    Gold gold{
        text.size(), 0,
        static_cast<EnglishKind>(std::string_view("NAPX").find(span[2].get<std::string>()) + 1)};
    for (size_t i = 0; i < text.size(); ++i) {
      if (text.begin_byte(i) < from || text.end_byte(i) > to || !text.is_word(i)) continue;
      gold.begin = std::min(gold.begin, i);
      gold.end = i + 1;
    }
    if (gold.begin >= gold.end) continue;
    sentence.golds.push_back(gold);
    bool first = true;
    for (size_t i = 0; i < sentence.words.size(); ++i) {
      const EnglishWord& word = sentence.words[i];
      if (word.begin >= gold.end || word.end <= gold.begin) continue;
      sentence.labels[i] = static_cast<uint8_t>(2 * static_cast<int>(gold.kind) - (first ? 1 : 0));
      first = false;
    }
  }
  return sentence;
}

std::vector<Sentence> Read(const std::string& path, const EnglishWeights& weights) {
  std::ifstream file(path);
  std::vector<Sentence> sentences;
  for (std::string line; std::getline(file, line);) {
    sentences.push_back(SentenceOf(nlohmann::json::parse(line), weights));
  }
  if (sentences.empty()) std::cerr << path << " has no sentences\n";
  return sentences;
}

void ReadWords(const std::string& path, EnglishWeights* weights) {
  std::ifstream file(path);
  for (std::string word, bits; std::getline(file, word, '\t') && std::getline(file, bits);) {
    const uint32_t hash = HashOfWord(FoldedText(word).loose());
    if (hash >> 8 == 0) continue;
    constexpr uint32_t kLast = EnglishWeights::kWordSlots - 1;
    uint32_t slot = hash & kLast;
    while (weights->words[slot] != 0 && (weights->words[slot] | 0xFF) != (hash | 0xFF)) {
      slot = (slot + 1) & kLast;
    }
    // Words that differ by marks on their letters are one.
    weights->words[slot] |= (hash & ~uint32_t{0xFF}) | static_cast<uint32_t>(std::stoi(bits));
  }
}

class Perceptron {
 public:
  using Row = std::array<float, kLabels>;

  void Train(std::vector<Sentence>* sentences) {
    std::mt19937 random(20261201);
    std::vector<size_t> order(sentences->size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (int round = 0; round < kRounds; ++round) {
      for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
      size_t wrong = 0;
      for (const size_t i : order) wrong += Learn((*sentences)[i], &random);
      std::cerr << "round " << round << ": " << wrong << " of " << order.size() << " wrong\n";
    }
  }

  void Write(EnglishWeights* weights) const {
    std::vector<std::pair<float, uint32_t>> features;
    float max = 0;
    for (const auto& [feature, row] : rows_) {
      float most = 0;
      for (size_t i = 0; i < kLabels; ++i) most = std::max(most, std::abs(Averaged(row, i)));
      features.emplace_back(-most, feature);
    }
    std::sort(features.begin(), features.end());
    features.resize(std::min(features.size(), kFeaturesMax));
    std::vector<float> all;
    for (const auto& [most, feature] : features) all.push_back(-most);
    max = all[all.size() / 1000];  // a few are cut short
    for (const auto& row : follows_) {
      for (size_t i = 0; i < kLabels; ++i) max = std::max(max, std::abs(Averaged(row, i)));
    }
    const float scale = 127 / max;
    const auto whole = [&](const Cell& row, size_t i) {
      return static_cast<int8_t>(std::clamp(std::lround(Averaged(row, i) * scale), -127l, 127l));
    };
    for (const auto& [most, feature] : features) {
      constexpr uint32_t kLast = EnglishWeights::kFeatureSlots - 1;
      uint32_t slot = feature & kLast;
      while (weights->features[slot] != 0) slot = (slot + 1) & kLast;
      weights->features[slot] = feature;
      for (size_t i = 0; i < kLabels; ++i) {
        weights->weights[slot][i] = whole(rows_.at(feature), i);
      }
    }
    for (size_t i = 0; i < kLabels; ++i) {
      weights->begins[i] = whole(follows_[kLabels], i);
      for (size_t j = 0; j < kLabels; ++j) weights->follows[i][j] = whole(follows_[i], j);
    }
    std::cerr << rows_.size() << " features, " << features.size() << " kept, the greatest " << max
              << ", the least " << -features.back().first << "\n";
  }

 private:
  struct Cell {
    Row now{}, sum{};
  };

  // Sums of what was at each step are made of what was changed when.
  float Averaged(const Cell& row, size_t i) const {
    return row.now[i] - row.sum[i] / static_cast<float>(steps_);
  }
  void Add(Cell* row, size_t label, float by) {
    row->now[label] += by;
    row->sum[label] += by * static_cast<float>(steps_);
  }

  bool Learn(const Sentence& sentence, std::mt19937* random) {
    const size_t words = sentence.words.size();
    if (words == 0) return false;
    ++steps_;
    std::vector<std::vector<uint32_t>> features(words);
    std::vector<Row> given(words);
    for (size_t at = 0; at < words; ++at) {
      FeaturesOf(sentence.words, at, sentence.dress, &features[at]);
      // Now and then without its letters, so that what stands around a name tells of one that
      // was never seen.
      constexpr uint32_t kHidden = 30, kHundred = 100;
      const bool named = sentence.labels[at] >= 1 && sentence.labels[at] <= 4;
      if (named && (*random)() % kHundred < kHidden) {
        features[at].resize(features[at].size() - kOwnFeatures);
      }
      for (const uint32_t feature : features[at]) {
        const auto row = rows_.find(feature);
        if (row == rows_.end()) continue;
        for (size_t i = 0; i < kLabels; ++i) given[at][i] += row->second.now[i];
      }
      // A margin: what is right has to win by it.
      for (size_t i = 0; i < kLabels; ++i) given[at][i] += i == sentence.labels[at] ? 0.f : 1.f;
    }
    std::array<Row, kLabels + 1> follows;
    for (size_t i = 0; i <= kLabels; ++i) follows[i] = follows_[i].now;
    const EnglishLabels best = BestLabels(given, follows);
    if (best == sentence.labels) return false;
    for (size_t at = 0; at < words; ++at) {
      const uint8_t right = sentence.labels[at], wrong = best[at];
      const size_t right_from = at > 0 ? sentence.labels[at - 1] : kLabels;
      const size_t wrong_from = at > 0 ? best[at - 1] : kLabels;
      if (right != wrong || right_from != wrong_from) {
        Add(&follows_[right_from], right, 1);
        Add(&follows_[wrong_from], wrong, -1);
      }
      if (right == wrong) continue;
      for (const uint32_t feature : features[at]) {
        Cell& row = rows_[feature];
        Add(&row, right, 1);
        Add(&row, wrong, -1);
      }
    }
    return true;
  }

  std::unordered_map<uint32_t, Cell> rows_;
  std::array<Cell, kLabels + 1> follows_{};
  int steps_ = 0;
};

void Try(const std::string& path, const EnglishWeights& weights) {
  struct Count {
    size_t golds = 0, found = 0, marks = 0, right = 0;
  };
  std::map<EnglishKind, Count> counts;
  for (const Sentence& sentence : Read(path, weights)) {
    std::vector<Gold> marks;
    for (const EnglishPart& part : EnglishPartsOf(sentence.words, weights)) {
      marks.push_back(
          {sentence.words[part.first].begin, sentence.words[part.last - 1].end, part.kind});
    }
    const auto show = [&](const char* what, const Gold& gold) {
      if (std::getenv("SHOW") == nullptr || gold.kind > EnglishKind::kAddress) return;
      const FoldedText text(sentence.typed);
      std::cout << what << " " << static_cast<int>(gold.kind) << " ["
                << text.Typed(gold.begin, gold.end) << "] " << sentence.typed << "\n";
    };
    for (const Gold& gold : sentence.golds) {
      Count& count = counts[gold.kind];
      ++count.golds;
      bool all = true;
      for (size_t i = gold.begin; i < gold.end; ++i) {
        bool in_word = false, hidden = false;
        for (const EnglishWord& word : sentence.words) {
          in_word = in_word || (word.begin <= i && i < word.end);
        }
        for (const Gold& mark : marks) {
          hidden = hidden || (mark.kind == gold.kind && mark.begin <= i && i < mark.end);
        }
        const FoldedText text(sentence.typed);
        all = all && (hidden || !in_word || !text.is_word(i));
        if (!all) break;
      }
      count.found += all;
      if (!all) show("MISS", gold);
    }
    for (const Gold& mark : marks) {
      Count& count = counts[mark.kind];
      ++count.marks;
      const bool right =
          std::any_of(sentence.golds.begin(), sentence.golds.end(), [&](const Gold& gold) {
            return gold.kind == mark.kind && gold.begin < mark.end && mark.begin < gold.end;
          });
      count.right += right;
      if (!right) show("FALSE", mark);
    }
  }
  constexpr std::array kNames = {"none", "name", "address", "place", "thing"};
  for (const auto& [kind, count] : counts) {
    std::printf("%-60s %-8s labelled %5zu recall %.3f marks %5zu precision %.3f\n", path.c_str(),
                kNames[static_cast<size_t>(kind)], count.golds,
                static_cast<double>(count.found) / static_cast<double>(count.golds), count.marks,
                static_cast<double>(count.right) / static_cast<double>(count.marks));
  }
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3) {
    std::cerr << "usage: train_english WORDS OUT TRAINING.jsonl... [--try HELD.jsonl...]\n";
    return 2;
  }
  auto weights = std::make_unique<EnglishWeights>();
  ReadWords(arguments[0], weights.get());
  std::vector<Sentence> sentences;
  const auto held = std::find(arguments.begin(), arguments.end(), "--try");
  for (auto path = arguments.begin() + 2; path != held; ++path) {
    std::vector<Sentence> read = Read(*path, *weights);
    std::move(read.begin(), read.end(), std::back_inserter(sentences));
  }
  Perceptron perceptron;
  perceptron.Train(&sentences);
  perceptron.Write(weights.get());
  std::ofstream(arguments[1], std::ios::binary)
      .write(reinterpret_cast<const char*>(weights.get()), sizeof(EnglishWeights));
  for (auto path = held; path != arguments.end(); ++path) {
    if (path != held) Try(*path, *weights);
  }
  return 0;
}

}  // namespace
}  // namespace switchboard::redaction

int main(int argc, char** argv) {
  return switchboard::redaction::Main(std::vector<std::string>(argv + 1, argv + argc));
}

#include "hub/redaction/chinese_words.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "hub/redaction/chinese_model.h"
#include "hub/redaction/chinese_weights.h"
#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

using Kind = ChineseWord::Kind;

// Longer ones are cut: the model was made for sentences, and takes memory for each character.
constexpr size_t kSentenceMax = 300;

bool EndsSentence(char32_t c) {
  constexpr std::u32string_view kEnds = U"。.!?;\n";
  return kEnds.find(c) != std::u32string_view::npos;
}

size_t SentenceEnd(std::u32string_view plain, size_t begin) {
  const size_t most = std::min(plain.size(), begin + kSentenceMax);
  for (size_t end = begin; end < most; ++end) {
    // A full stop between digits or letters divides no sentences.
    if (plain[end] == U'.' && end + 1 < plain.size() && plain[end + 1] > U' ' &&
        plain[end + 1] < 0x80) {
      continue;
    }
    if (EndsSentence(plain[end])) return end + 1;
  }
  return most;
}

// As the model knows them: Han characters simplified, all else as it is written.
std::u32string ForModel(const FoldedText& text, size_t begin, size_t end) {
  std::u32string characters;
  for (size_t i = begin; i < end; ++i) {
    const char32_t c = text.plain()[i];
    characters += IsHan(c) ? text.loose()[i] : c;
  }
  return characters;
}

Kind KindOf(uint8_t tag) {
  switch (tag & ChineseWeights::kKind) {
    case ChineseWeights::kName:
      return Kind::kName;
    case ChineseWeights::kPlace:
      return Kind::kPlace;
    case ChineseWeights::kOrganization:
      return Kind::kOrganization;
    default:
      return (tag & ChineseWeights::kNoun) != 0 ? Kind::kNoun : Kind::kOther;
  }
}

}  // namespace

std::vector<ChineseWord> ChineseWordsOf(const FoldedText& text) {
  std::vector<ChineseWord> words;
  const std::u32string_view plain = text.plain();
  for (size_t begin = 0; begin < plain.size();) {
    const size_t end = SentenceEnd(plain, begin);
    if (std::any_of(plain.begin() + static_cast<std::ptrdiff_t>(begin),
                    plain.begin() + static_cast<std::ptrdiff_t>(end), IsHan)) {
      const std::vector<uint8_t> tags = ChineseTags(ForModel(text, begin, end));
      for (size_t i = 0; i < tags.size(); ++i) {
        const Kind kind = KindOf(tags[i]);
        const bool goes_on =
            i > 0 && (tags[i] & ChineseWeights::kContinues) != 0 && kind == words.back().kind;
        if (!goes_on) words.push_back({begin + i, begin + i, kind});
        words.back().end = begin + i + 1;
      }
    }
    begin = end;
  }
  return words;
}

}  // namespace switchboard::redaction

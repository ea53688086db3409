#include "hub/redaction/english_words.h"

#include <unicode/uchar.h>

#include <algorithm>

namespace switchboard::redaction {
namespace {

bool IsApostrophe(char32_t c) { return c == U'\'' || c == U'’' || c == U'`'; }
bool IsDigit(char32_t c) { return c >= U'0' && c <= U'9'; }

// Not one of Han, kana or Hangul, whose words have no blanks or other taggers.
bool IsLetter(char32_t c) {
  constexpr char32_t kEastFrom = 0x1100;
  const bool west = c < kEastFrom || (c >= 0x1E00 && c < 0x2000);
  return west && u_isalpha(static_cast<UChar32>(c));
}

class Reading {
 public:
  Reading(const Marks& marks, const EnglishWeights& weights)
      : marks_(marks), text_(marks.text()), plain_(text_.plain()), weights_(weights) {}

  std::vector<EnglishWord> Run() {
    for (size_t at = 0; at < plain_.size();) {
      if (u_isUWhiteSpace(static_cast<UChar32>(plain_[at]))) {
        new_line_ = new_line_ || plain_[at] == U'\n';
        ++at;
      } else {
        at = ReadWord(at);
      }
    }
    return std::move(words_);
  }

 private:
  // Whether a number or the like is marked there.
  v1::TextMark::Kind MarkedAt(size_t at) const {
    const v1::TextMark::Kind kind = marks_.KindAt(at);
    const bool read = kind == v1::TextMark::KIND_NAME || kind == v1::TextMark::KIND_ADDRESS;
    return read ? v1::TextMark::KIND_UNSPECIFIED : kind;
  }
  bool IsLetterAt(size_t at) const {
    return at < plain_.size() && IsLetter(plain_[at]) && MarkedAt(at) == 0;
  }

  size_t ReadWord(size_t at) {
    EnglishWord word;
    word.begin = at;
    word.on_new_line = new_line_;
    new_line_ = false;
    if (const v1::TextMark::Kind kind = MarkedAt(at); kind != 0) {
      while (at < plain_.size() && MarkedAt(at) == kind) ++at;
      word.end = at;
      word.hash = static_cast<uint32_t>(kind);
    } else if (IsLetterAt(at)) {
      word.end = LettersEnd(at);
      at = word.end;
      constexpr size_t kOwned = 2;  // "'s"
      const size_t stem = word.end - std::min(word.end, kOwned);
      if (stem > word.begin && IsApostrophe(plain_[stem]) && text_.loose()[stem + 1] == U's') {
        word.possessive = true;
        word.end = stem;
      }
      Describe(&word);
    } else {
      const bool digits = IsDigit(plain_[at]);
      do {
        ++at;
      } while (digits && at < plain_.size() && IsDigit(plain_[at]) && MarkedAt(at) == 0);
      word.end = at;
      Describe(&word);
    }
    words_.push_back(word);
    return at;
  }

  size_t LettersEnd(size_t at) const {
    while (IsLetterAt(at) ||
           (IsApostrophe(plain_[std::min(at, plain_.size() - 1)]) && IsLetterAt(at + 1))) {
      ++at;
    }
    return at;
  }

  void Describe(EnglishWord* word) const {
    const size_t size = word->end - word->begin;
    const std::u32string_view loose = text_.loose().substr(word->begin, size);
    const auto tail = [&](size_t letters) { return loose.substr(size - std::min(size, letters)); };
    word->hash = HashOfWord(loose);
    word->head = HashOfWord(loose.substr(0, 3));
    word->tail2 = HashOfWord(tail(2));
    word->tail3 = HashOfWord(tail(3));
    word->letters = static_cast<uint8_t>(std::min<size_t>(size, 255));
    word->bits = BitsOfWord(word->hash, weights_);
    size_t large = 0, small = 0;
    std::u32string shape;
    for (size_t i = word->begin; i < word->end; ++i) {
      const char32_t c = plain_[i];
      const bool letter = IsLetter(c), upper = letter && u_isupper(static_cast<UChar32>(c));
      large += upper;
      small += letter && !upper;
      const char32_t sort = upper ? U'A' : letter ? U'a' : IsDigit(c) ? U'9' : c;
      if (shape.size() < 2 || shape.back() != sort || shape[shape.size() - 2] != sort)
        shape += sort;
    }
    word->shape = HashOfWord(shape);
    using Case = EnglishWord::Case;
    const bool first = u_isupper(static_cast<UChar32>(plain_[word->begin]));
    word->letter_case = large + small == 0        ? Case::kNone
                        : large == 0              ? Case::kSmall
                        : small == 0 && large > 1 ? Case::kCapitals
                        : first && large <= 2     ? Case::kCapital
                                                  : Case::kMixed;
  }

  const Marks& marks_;
  const FoldedText& text_;
  const std::u32string_view plain_;
  const EnglishWeights& weights_;
  std::vector<EnglishWord> words_;
  bool new_line_ = false;
};

}  // namespace

uint32_t HashOfWord(std::u32string_view loose) {
  uint32_t hash = 2166136261u;
  for (const char32_t c : loose) {
    hash = (hash ^ (IsApostrophe(c) ? U'\'' : c)) * 16777619u;
    hash ^= hash >> 15;
  }
  return hash;
}

std::vector<EnglishWord> EnglishWordsOf(const Marks& marks, const EnglishWeights& weights) {
  return Reading(marks, weights).Run();
}

uint8_t BitsOfWord(uint32_t hash, const EnglishWeights& weights) {
  constexpr uint32_t kLast = EnglishWeights::kWordSlots - 1, kBits = 0xFF;
  for (uint32_t slot = hash & kLast; weights.words[slot] != 0; slot = (slot + 1) & kLast) {
    const uint32_t word = weights.words[slot];
    if ((word | kBits) == (hash | kBits)) return static_cast<uint8_t>(word & kBits);
  }
  return 0;
}

}  // namespace switchboard::redaction

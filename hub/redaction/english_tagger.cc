#include "hub/redaction/english_tagger.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "hub/redaction/english_address.h"
#include "hub/redaction/english_model.h"

namespace switchboard::redaction {
namespace {

using Case = EnglishWord::Case;

bool IsQuiet(const EnglishWord& word) { return (word.bits & EnglishWord::kQuiet) != 0; }
bool IsPersons(const EnglishWord& word) {
  return (word.bits & (EnglishWord::kGiven | EnglishWord::kFamily)) != 0;
}
bool IsWritten(const EnglishWord& word) { return word.letter_case != Case::kNone; }

// Whether the tagger's words are those of the text: not of one in another language.
bool IsEnglish(const std::vector<EnglishWord>& words, const FoldedText& text) {
  constexpr char32_t kEastFrom = 0x1100;
  size_t letters = 0, east = 0, small = 0, known = 0;
  for (const EnglishWord& word : words) {
    if (!IsWritten(word)) continue;
    letters += word.letters;
    if (word.letter_case != Case::kSmall || word.letters < 2) continue;
    ++small;
    known += (word.bits & EnglishWord::kPlain) != 0;
  }
  for (size_t i = 0; i < text.size(); ++i) east += text.is_word(i) && text.plain()[i] >= kEastFrom;
  constexpr size_t kTellingMin = 4;
  return letters > east && (small < kTellingMin || 3 * known > small);
}

class NameSearch {
 public:
  NameSearch(const std::vector<EnglishWord>& words, Marks* marks) : words_(words), marks_(marks) {}

  void Run(const std::vector<EnglishPart>& parts) {
    std::vector<bool> taken(words_.size());
    for (size_t i = 0; i < parts.size(); ++i) {
      EnglishPart part = parts[i];
      // What the model takes for two people side by side is one.
      while (i + 1 < parts.size() && part.kind == EnglishKind::kName &&
             parts[i + 1].kind == part.kind && parts[i + 1].first == part.last &&
             !words_[part.last].on_new_line) {
        part.last = parts[++i].last;
      }
      std::fill(taken.begin() + static_cast<ptrdiff_t>(part.first),
                taken.begin() + static_cast<ptrdiff_t>(part.last), true);
      if (part.kind == EnglishKind::kName) AddName(part.first, part.last);
    }
    // Who was named once is called by a part of the name afterwards.
    for (size_t at = 0; at < words_.size(); ++at) {
      if (!taken[at] && TellsOnce(words_[at]) && IsOfNames(words_[at].hash)) Add(at, at + 1);
    }
  }

 private:
  static bool TellsOnce(const EnglishWord& word) {
    constexpr size_t kLettersMin = 3;
    const bool capital = word.letter_case != Case::kSmall && IsWritten(word);
    return capital && word.letters >= kLettersMin && !IsQuiet(word) &&
           (word.bits & (EnglishWord::kTitle | EnglishWord::kDay)) == 0;
  }
  bool IsOfNames(uint32_t hash) const {
    return std::find(names_.begin(), names_.end(), hash) != names_.end();
  }

  void AddName(size_t first, size_t last) {
    // Not the title, nor signs around it.
    const auto is_name = [&](size_t at) {
      return IsWritten(words_[at]) && (words_[at].bits & EnglishWord::kTitle) == 0;
    };
    while (first < last && !is_name(first)) ++first;
    while (first < last && !IsWritten(words_[last - 1])) --last;
    const bool names_nobody =
        std::all_of(words_.begin() + static_cast<ptrdiff_t>(first),
                    words_.begin() + static_cast<ptrdiff_t>(last), [](const EnglishWord& word) {
                      return !IsPersons(word) && (word.bits & EnglishWord::kQuiet) != 0;
                    });
    if (names_nobody || IsOrder(first, last)) return;
    for (size_t at = first; at < last; ++at) {
      if (TellsOnce(words_[at])) names_.push_back(words_[at].hash);
    }
    Add(first, last);
  }

  // "Mark as paid" names nobody: at the begin of a sentence, before what follows the verb alone.
  bool IsOrder(size_t first, size_t last) const {
    if (last != first + 1 || last == words_.size() || words_[first].possessive) return false;
    const bool begins = first == 0 || words_[first].on_new_line ||
                        IsOneOf(words_[first - 1], {U".", U"!", U"?", U";", U":"});
    return begins && IsOneOf(words_[first], {U"mark"}) &&
           IsOneOf(words_[last], {U"as", U"it", U"this", U"the"});
  }
  static bool IsOneOf(const EnglishWord& word, std::initializer_list<std::u32string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::u32string_view one) { return word.hash == HashOfWord(one); });
  }

  void Add(size_t first, size_t last) {
    marks_->Add({words_[first].begin, words_[last - 1].end, v1::TextMark::KIND_NAME});
  }

  const std::vector<EnglishWord>& words_;
  Marks* const marks_;
  std::vector<uint32_t> names_;
};

class EnglishTagger : public Tagger {
 public:
  void Tag(const Passage& passage, Marks* marks) const override {
    if (!passage.english) return;
    const std::vector<EnglishWord> words = EnglishWordsOf(*marks, weights_);
    const bool quiet = std::all_of(words.begin(), words.end(), [](const EnglishWord& word) {
      return word.letter_case == Case::kSmall && IsQuiet(word);
    });
    if (quiet || !IsEnglish(words, passage.text)) return;
    const std::vector<EnglishPart> parts = EnglishPartsOf(words, weights_);
    FindEnglishAddresses(words, parts, marks);
    NameSearch(words, marks).Run(parts);
  }

  bool KnowsEveryWordOf(std::string_view typed) const override {
    // Perhaps the begin of an escape.
    if (typed.find_first_of("&%\\") != std::string_view::npos) return false;
    bool begins = true;
    for (size_t at = 0; at < typed.size();) {
      if (!IsLetter(typed[at])) {
        begins = begins || absl::StrContains(".!?\n", typed[at]);
        ++at;
        continue;
      }
      size_t end = at;
      while (end < typed.size() &&
             (IsLetter(typed[end]) ||
              (typed[end] == '\'' && end + 1 < typed.size() && IsLetter(typed[end + 1])))) {
        ++end;
      }
      if (!NamesNobody(typed.substr(at, end - at), begins)) return false;
      begins = false;
      at = end;
    }
    return true;
  }

 private:
  static bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }

  bool NamesNobody(std::string_view word, bool begins) const {
    constexpr size_t kLettersMax = 24;
    if (word.size() > kLettersMax) return false;
    std::array<char32_t, kLettersMax> letters{};
    size_t capitals = 0;
    for (size_t i = 0; i < word.size(); ++i) {
      capitals += absl::ascii_isupper(static_cast<unsigned char>(word[i]));
      letters[i] = static_cast<char32_t>(absl::ascii_tolower(static_cast<unsigned char>(word[i])));
    }
    const uint8_t bits = BitsOfWord(HashOfWord({letters.data(), word.size()}), weights_);
    if ((bits & EnglishWord::kQuiet) == 0) return false;
    if (capitals == 0 || word == "I") return true;
    const bool first = absl::ascii_isupper(static_cast<unsigned char>(word[0]));
    const bool named = (bits & (EnglishWord::kGiven | EnglishWord::kFamily)) != 0;
    return capitals == 1 && first && !named && (begins || (bits & EnglishWord::kDay) != 0);
  }

  const EnglishWeights& weights_ = LinkedEnglishWeights();
};

}  // namespace

std::unique_ptr<const Tagger> MakeEnglishTagger() { return std::make_unique<EnglishTagger>(); }

}  // namespace switchboard::redaction

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hub/redaction/folded_text.h"

namespace switchboard::redaction {

// Words beside which a number is what they say: "tel", 電話. Compared in the loose dress.
// Immutable.
class CueWords {
 public:
  // UTF-8, divided by blanks; "_" is a blank inside one. One that begins or ends with a letter of
  // ASCII begins or ends where no other stands.
  explicit CueWords(std::string_view words);

  // What a word and its number may have between them.
  enum class Reach { kSentence, kText };

  // Whether one of them stands at most `within` characters before `begin`, without a digit between,
  // nor the end of a sentence unless it reaches over that.
  bool StandBefore(const FoldedText& text, size_t begin, size_t within,
                   Reach reach = Reach::kSentence) const;
  // The same behind `end`.
  bool StandBehind(const FoldedText& text, size_t end, size_t within,
                   Reach reach = Reach::kSentence) const;
  // Where the text goes on behind each of them, in order and without doubles.
  std::vector<size_t> EndsIn(const FoldedText& text) const;

 private:
  // Characters of one that stands at `at`, or 0.
  size_t SizeAt(std::u32string_view loose, size_t at) const;

  std::vector<std::u32string> words_;
  std::u32string first_letters_;  // sorted
};

}  // namespace switchboard::redaction

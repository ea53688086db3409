#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hub/redaction/folded_text.h"
#include "hub/redaction/japanese_tokens.h"

namespace switchboard::redaction {

// A text by its words, with what the rules of names ask of each. An index is one of words, also the
// one behind the last, of which everything is false. Immutable.
class JapaneseSentence {
 public:
  // Both must outlive it. Words that hold a dot of names are divided there.
  JapaneseSentence(const FoldedText& text, const JapaneseReading& reading);

  size_t size() const { return tokens_.size(); }
  const JapaneseToken& operator[](size_t i) const { return tokens_[i]; }

  // Characters with kanji in their usual form; `end` may lie behind the last.
  std::u32string_view Between(size_t begin, size_t end) const {
    return std::u32string_view(usual_).substr(begin, end - begin);
  }
  std::u32string_view Word(size_t i) const {
    return i < size() ? Between(tokens_[i].begin, tokens_[i].end) : std::u32string_view();
  }

  bool Is(size_t i, JapaneseToken::Kind kind) const {
    return i < size() && tokens_[i].kind == kind;
  }
  bool IsName(size_t i) const { return i < size() && tokens_[i].is_name(); }
  // Nothing stands between the word and the one before it.
  bool Touches(size_t i) const {
    return i > 0 && i < size() && tokens_[i - 1].end == tokens_[i].begin;
  }

  bool IsHan(size_t i) const;
  bool IsKatakana(size_t i) const;
  bool IsHiragana(size_t i) const;
  bool IsDot(size_t i) const;
  bool IsHonorific(size_t i) const;
  bool IsTitle(size_t i) const;  // an honorific or a role
  // A particle, a verb or a sign: no part of a noun.
  bool IsBetweenNouns(size_t i) const;
  // A noun that says what the word before it, which it touches, is a part of. Not a title.
  bool IsNounBehind(size_t i) const;
  // No noun that the word would be a part of ends before it: a name may begin here.
  bool MayBegin(size_t i) const;

  // Names, of the tables or of the dictionary, and of the tables alone.
  bool IsSurname(size_t begin, size_t end) const;
  bool IsGiven(size_t begin, size_t end) const;
  bool IsTableSurname(size_t begin, size_t end) const;
  bool IsTableGiven(size_t begin, size_t end) const;

 private:
  const FoldedText& text_;
  const JapaneseReading& reading_;
  std::u32string usual_;
  std::vector<JapaneseToken> tokens_;
};

}  // namespace switchboard::redaction

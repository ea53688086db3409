#include "hub/redaction/japanese_sentence.h"

#include <algorithm>

#include "hub/base/name_table.h"
#include "hub/redaction/japanese_words.h"
#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

using Kind = JapaneseToken::Kind;

bool IsNameHan(char32_t c) { return IsHan(c) || c == U'ヶ'; }
bool IsNameDot(char32_t c) { return IsOneOf(c, U"・=゠"); }

bool All(std::u32string_view text, bool (*is)(char32_t)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is);
}

}  // namespace

JapaneseSentence::JapaneseSentence(const FoldedText& text, const JapaneseReading& reading)
    : text_(text), reading_(reading), usual_(text.plain()) {
  for (char32_t& c : usual_) c = UsualKanji(c);
  for (const JapaneseToken& token : reading.tokens) {
    size_t begin = token.begin;
    for (size_t i = token.begin; i < token.end; ++i) {
      if (!IsNameDot(usual_[i])) continue;
      if (i > begin) tokens_.push_back({begin, i, token.kind, token.known});
      tokens_.push_back({i, i + 1, Kind::kSign, true});
      begin = i + 1;
    }
    if (begin < token.end) tokens_.push_back({begin, token.end, token.kind, token.known});
  }
}

bool JapaneseSentence::IsHan(size_t i) const { return All(Word(i), IsNameHan); }

bool JapaneseSentence::IsKatakana(size_t i) const { return All(Word(i), redaction::IsKatakana); }

bool JapaneseSentence::IsHiragana(size_t i) const { return All(Word(i), redaction::IsHiragana); }

bool JapaneseSentence::IsDot(size_t i) const { return All(Word(i), IsNameDot); }

bool JapaneseSentence::IsHonorific(size_t i) const { return IsJapaneseHonorific(Word(i)); }

bool JapaneseSentence::IsTitle(size_t i) const {
  if (i >= size()) return false;
  constexpr size_t kRoleMax = 8;
  return IsJapaneseHonorific(Word(i)) || IsJapaneseRole(Word(i)) ||
         BeginsWithJapaneseRole(Between(tokens_[i].begin, tokens_[i].begin + kRoleMax));
}

bool JapaneseSentence::IsBetweenNouns(size_t i) const {
  return Is(i, Kind::kParticle) || Is(i, Kind::kOther) || Is(i, Kind::kSign);
}

bool JapaneseSentence::IsNounBehind(size_t i) const {
  if (!Touches(i) || IsTitle(i) || IsBetweenNouns(i)) return false;
  const Kind kind = tokens_[i].kind;
  return kind != Kind::kPrefix && kind != Kind::kLoose && kind != Kind::kNumeral &&
         kind != Kind::kOfPerson;
}

bool JapaneseSentence::MayBegin(size_t i) const {
  if (!Touches(i) || IsBetweenNouns(i - 1) || Is(i - 1, Kind::kPrefix)) return true;
  const std::u32string_view before = Word(i - 1);
  if (IsBeforeJapaneseName(before) || IsJapaneseRole(before)) return true;
  if (!IsNameHan(before.back())) return true;
  return IsOneOf(before.back(), U"家者員手長人客師士父母妻夫子兄弟姉妹優督授");
}

bool JapaneseSentence::IsTableSurname(size_t begin, size_t end) const {
  return IsJapaneseSurname(Utf8Of(Between(begin, end))) ||
         IsJapaneseSurname(text_.Plain(begin, end));
}

bool JapaneseSentence::IsTableGiven(size_t begin, size_t end) const {
  return IsJapaneseGivenName(Utf8Of(Between(begin, end))) ||
         IsJapaneseGivenName(text_.Plain(begin, end));
}

bool JapaneseSentence::IsSurname(size_t begin, size_t end) const {
  return reading_.HasName(begin, end, true) || IsTableSurname(begin, end);
}

bool JapaneseSentence::IsGiven(size_t begin, size_t end) const {
  return reading_.HasName(begin, end, false) || IsTableGiven(begin, end);
}

}  // namespace switchboard::redaction

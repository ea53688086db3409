#include "hub/redaction/japanese_katakana.h"

#include <algorithm>

#include "hub/base/name_table.h"
#include "hub/redaction/japanese_words.h"
#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

using Kind = JapaneseToken::Kind;

constexpr std::u32string_view kNumerals = U"0123456789一二三四五六七八九十";

// Words of katakana in a row.
class Row {
 public:
  Row(const JapaneseSentence& sentence, size_t first) : sentence_(sentence), first_(first) {
    behind_ = first;
    TakeWords();
    while (const size_t next = BehindDots()) {
      ++dots_;
      behind_ = next;
      TakeWords();
    }
  }

  KatakanaName Judged() const {
    KatakanaName name{behind_, false};
    if (sentence_.Word(first_).size() < 2) return name;
    const bool king = IsNumbered();
    const bool title = sentence_.IsTitle(behind_);
    const bool part_of_noun = sentence_.IsNounBehind(behind_) && !sentence_.IsHiragana(behind_);
    if (dots_ > 0) {
      name.is_name = HasFormOfName() && (title || king || (!part_of_noun && MayBeName()));
    } else if (king || (title && !IsAmbiguousTitle())) {
      name.is_name = names_ > 0 || (common_ == 0 && places_ == 0) || IsSurname();
    } else if (names_ == words_) {
      constexpr size_t kAloneMin = 3;
      name.is_name =
          sentence_.MayBegin(first_) && !part_of_noun && sentence_.Word(first_).size() >= kAloneMin;
    } else if (words_ == 1 && unknown_ == 1) {
      name.is_name = sentence_.MayBegin(first_) && IsSubject() &&
                     !IsJapaneseThing(sentence_.Word(first_)) && firms_ == 0;
    }
    if (name.is_name && king) name.behind = NumberEnd();
    return name;
  }

 private:
  // Where katakana goes on behind a dot, or behind a letter between two: F of ジョン・F・ケネディ.
  // 0: it does not.
  size_t BehindDots() const {
    size_t next = behind_;
    if (!IsDotHere(next)) return 0;
    ++next;
    const std::u32string_view word = sentence_.Word(next);
    if (word.size() == 1 && word[0] >= U'A' && word[0] <= U'Z' && IsDotHere(next + 1)) next += 2;
    return sentence_.Touches(next) && sentence_.IsKatakana(next) ? next : 0;
  }

  bool IsDotHere(size_t i) const { return sentence_.IsDot(i) && sentence_.Touches(i); }

  void TakeWords() {
    const size_t begin = behind_;
    while (sentence_.IsKatakana(behind_) && (behind_ == begin || sentence_.Touches(behind_))) {
      const JapaneseToken& word = sentence_[behind_];
      ++words_;
      names_ += word.is_name();
      places_ += word.kind == Kind::kPlace || word.kind == Kind::kOrganization;
      common_ += word.known && (word.kind == Kind::kNoun);
      unknown_ += !word.known;
      firms_ += EndsAsJapaneseFirm(sentence_.Word(behind_));
      ++behind_;
    }
    const size_t size = sentence_[behind_ - 1].end - sentence_[begin].begin;
    longest_ = std::max(longest_, size);
    if (begin > first_) shortest_behind_ = std::min(shortest_behind_, size);
  }

  // Parts as those of names: ジョン・スミス, not A・B.
  bool HasFormOfName() const {
    constexpr size_t kDotsMax = 3;
    return dots_ <= kDotsMax && shortest_behind_ >= 2 && longest_ >= 3;
  }

  bool MayBeName() const {
    return firms_ == 0 && (names_ > 0 || (unknown_ > 0 && common_ == 0 && places_ == 0));
  }

  // ルイ14世.
  bool IsNumbered() const { return NumberEnd() > behind_; }

  // Behind 14世, or behind_.
  size_t NumberEnd() const {
    size_t end = behind_;
    while (sentence_.Touches(end) && IsOneOf(sentence_.Word(end)[0], kNumerals)) ++end;
    const bool numbered = end > behind_ && sentence_.Touches(end) && sentence_.Word(end) == U"世";
    return numbered ? end + 1 : behind_;
  }

  // スズキ様: also of a firm, or a place.
  bool IsSurname() const {
    return sentence_.IsHonorific(behind_) &&
           IsJapaneseSurnameReading(
               HiraganaOf(sentence_.Between(sentence_[first_].begin, sentence_[behind_ - 1].end)));
  }

  bool IsAmbiguousTitle() const {
    const std::u32string_view title = sentence_.Word(behind_);
    return title == U"家" || title == U"王" || title == U"ら";
  }

  // Before a particle that people are followed by.
  bool IsSubject() const {
    const std::u32string_view particle = sentence_.Word(behind_);
    return particle.size() == 1 && sentence_.Is(behind_, Kind::kParticle) &&
           IsOneOf(particle[0], U"はがともにを");
  }

  const JapaneseSentence& sentence_;
  const size_t first_;
  size_t behind_ = 0, dots_ = 0;
  size_t words_ = 0, names_ = 0, places_ = 0, common_ = 0, unknown_ = 0, firms_ = 0;
  size_t longest_ = 0, shortest_behind_ = static_cast<size_t>(-1);  // characters between dots
};

}  // namespace

KatakanaName KatakanaNameAt(const JapaneseSentence& sentence, size_t i) {
  return Row(sentence, i).Judged();
}

std::string HiraganaOf(std::u32string_view kana) {
  constexpr char32_t kFirst = 0x30A1, kLast = 0x30F6, kApart = 0x60;
  std::u32string hiragana(kana);
  for (char32_t& c : hiragana) {
    if (c >= kFirst && c <= kLast) c -= kApart;
  }
  return Utf8Of(hiragana);
}

}  // namespace switchboard::redaction

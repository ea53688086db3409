#include "hub/redaction/japanese_names.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "hub/base/name_table.h"
#include "hub/redaction/japanese_katakana.h"
#include "hub/redaction/japanese_sentence.h"
#include "hub/redaction/japanese_words.h"
#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

using Kind = JapaneseToken::Kind;

// A common word: what a name does not consist of alone.
bool IsCommon(const JapaneseToken& token) {
  return token.size() >= 2 && (token.kind == Kind::kNoun || token.kind == Kind::kSuffix) &&
         token.known;
}

class NameSearch {
 public:
  NameSearch(const JapaneseSentence& sentence, Marks* marks)
      : sentence_(sentence), marks_(marks), taken_(sentence.size()) {}

  void Run() {
    for (size_t i = 0; i < sentence_.size();) i = WholeNamesFrom(i);
    for (size_t i = 0; i < sentence_.size();) i = taken_[i] ? i + 1 : PartFrom(i);
    for (size_t i = 0; i + 1 < sentence_.size(); ++i) FindDivided(i);
  }

 private:
  // Names from the word on, [first, behind) of words. Returns `behind`.
  size_t Take(size_t first, size_t behind) {
    first = FirstOf(first);
    marks_->Add({sentence_[first].begin, sentence_[behind - 1].end, v1::TextMark::KIND_NAME});
    std::fill(taken_.begin() + static_cast<std::ptrdiff_t>(first),
              taken_.begin() + static_cast<std::ptrdiff_t>(behind), true);
    return behind;
  }

  // The dictionary cuts family names that it does not know: kanji before a name that begins with a
  // given one, or with what is none, belong to it.
  size_t FirstOf(size_t first) const {
    constexpr size_t kFamilyMax = 3;
    if (!sentence_.IsHan(first) || !sentence_.Is(first, Kind::kGiven)) return first;
    size_t begin = first;
    while (begin > 0 && sentence_.Touches(begin) && sentence_.IsHan(begin - 1) &&
           !taken_[begin - 1] && IsUnknownFamily(begin - 1) &&
           sentence_[first].begin - sentence_[begin - 1].begin <= kFamilyMax) {
      --begin;
    }
    return sentence_.MayBegin(begin) ? begin : first;
  }

  bool IsUnknownFamily(size_t i) const {
    const std::u32string_view word = sentence_.Word(i);
    if (IsJapaneseRole(word) || IsBeforeJapaneseName(word) || IsJapaneseKin(word)) return false;
    return !IsCommon(sentence_[i]) && !sentence_.Is(i, Kind::kLoose);
  }

  // ---- Family and given name in kanji, in words of kanji that touch each other.

  size_t WholeNamesFrom(size_t first) {
    size_t behind = first;
    while (sentence_.IsHan(behind) && (behind == first || sentence_.Touches(behind))) ++behind;
    for (size_t i = first; i < behind;) {
      const size_t end = MayFollow(first, i) ? WholeNameEnd(i, behind) : i;
      i = end > i ? Take(i, end) : i + 1;
    }
    return std::max(behind, first + 1);
  }

  // Whether a name may begin at a word inside a row of kanji.
  bool MayFollow(size_t first, size_t i) const {
    if (i == first) return true;
    const JapaneseToken& before = sentence_[i - 1];
    if (before.kind == Kind::kSuffix || before.kind == Kind::kOfPerson ||
        before.kind == Kind::kPrefix || before.kind == Kind::kOrganization) {
      return true;
    }
    const std::u32string_view word = sentence_.Word(i - 1);
    return IsJapaneseRole(word) || IsBeforeJapaneseName(word) || IsJapaneseKin(word) ||
           (before.kind == Kind::kNoun && word.size() >= 2);
  }

  // Behind the longest whole name from `i` on, or `i`.
  size_t WholeNameEnd(size_t i, size_t behind) const {
    for (size_t end = behind; end > i; --end) {
      if (EndsWholeName(end, behind) && IsWholeName(i, end)) return end;
    }
    return i;
  }

  bool EndsWholeName(size_t end, size_t behind) const {
    if (sentence_.IsTitle(end) || sentence_.Is(end, Kind::kLoose) ||
        IsBehindJapaneseName(sentence_.Word(end))) {
      return true;
    }
    if (end < behind) return false;
    if (!sentence_.Touches(end)) return true;
    return sentence_.Is(end, Kind::kParticle) || sentence_.Is(end, Kind::kSign) ||
           sentence_.Is(end, Kind::kSuffix) || sentence_.Is(end, Kind::kOfPerson) ||
           sentence_.IsHiragana(end);
  }

  bool IsWholeName(size_t first, size_t behind) const {
    const size_t begin = sentence_[first].begin, end = sentence_[behind - 1].end;
    constexpr size_t kMin = 3, kMax = 6;
    if (end - begin < kMin || end - begin > kMax) return false;
    size_t names = 0, singles = 0, places = 0, common = 0;
    for (size_t i = first; i < behind; ++i) {
      names += sentence_.IsName(i);
      singles += sentence_[i].size() == 1;
      places += sentence_.Is(i, Kind::kPlace) || sentence_.Is(i, Kind::kOrganization);
      common += IsCommon(sentence_[i]);
    }
    if ((common > 0 && names == 0) || names + singles + places == 0) return false;
    if (places == behind - first) return false;
    for (const size_t family : {2, 1, 3}) {
      const size_t given = begin + family;
      if (given >= end || !sentence_.IsSurname(begin, given) || !sentence_.IsGiven(given, end)) {
        continue;
      }
      if (ContinuesAsThing(sentence_.Between(given, end))) continue;
      const bool long_given = end - given >= 2 || (names >= 1 && family >= 2);
      const bool sure_family =
          family >= 2 || sentence_.IsTableSurname(begin, given) || names == behind - first;
      if (long_given && sure_family) return true;
    }
    return false;
  }

  // ---- One part of a name, or both where the dictionary knows one.

  size_t PartFrom(size_t i) {
    if (sentence_.IsKatakana(i)) {
      const KatakanaName name = KatakanaNameAt(sentence_, i);
      return name.is_name ? Take(i, name.behind) : name.behind;
    }
    const JapaneseToken& token = sentence_[i];
    const bool place_name =
        token.kind == Kind::kPlace && sentence_.IsTableSurname(token.begin, token.end);
    if (token.is_name() || place_name) {
      if (const size_t behind = NameEnd(i); behind > i) return Take(i, behind);
      return i + 1;
    }
    if (IsGivenOfKin(i) || IsShortName(i)) return Take(i, i + 1);  // 誠, 東
    if (const size_t behind = UnknownNameEnd(i); behind > i) return Take(i, behind);
    if (const size_t behind = ForeignNameEnd(i); behind > i) return Take(i, behind);
    return i + 1;
  }

  // Names of China and Korea: a family name of one character and two more, which are no words of
  // Japanese together (金性洙).
  size_t ForeignNameEnd(size_t i) const {
    constexpr size_t kSize = 3;
    const JapaneseToken& first = sentence_[i];
    if (!sentence_.IsHan(i) || first.size() > 2 || !sentence_.MayBegin(i)) return i;
    if (first.kind == Kind::kNumeral || first.kind == Kind::kPrefix ||
        first.kind == Kind::kSuffix || first.kind == Kind::kLoose || first.kind == Kind::kPlace ||
        IsCommon(first)) {
      return i;
    }
    if (!IsChineseSurname(Utf8Of(sentence_.Between(first.begin, first.begin + 1)))) return i;
    size_t behind = i + 1;
    while (sentence_.Touches(behind) && sentence_.IsHan(behind) && !sentence_.IsTitle(behind) &&
           !IsCommon(sentence_[behind]) && sentence_[behind].end - first.begin <= kSize) {
      ++behind;
    }
    const bool closed = !sentence_.Touches(behind) || sentence_.IsTitle(behind) ||
                        sentence_.Is(behind, Kind::kParticle) || sentence_.Is(behind, Kind::kSign);
    constexpr std::u32string_view kThings = U"間版隊衆科人領戦脚風原教後前中内外上下者的";
    const char32_t last = sentence_.Word(behind - 1).back();
    const bool thing = IsOneOf(last, kThings) || ContinuesAsThing({&last, 1});
    return closed && !thing && sentence_[behind - 1].end - first.begin == kSize ? behind : i;
  }

  // 妻の花子 is a name by itself; 妻花子, by the word before it.
  bool IsGivenOfKin(size_t i) const {
    const JapaneseToken& token = sentence_[i];
    // 夫・誠は.
    if (i > 1 && sentence_.Is(i - 1, Kind::kSign) && IsJapaneseKin(sentence_.Word(i - 2)) &&
        sentence_.IsHan(i) && sentence_.IsTableGiven(token.begin, token.end) &&
        !sentence_.IsNounBehind(i + 1)) {
      return IsOneOf(sentence_.Word(i - 1)[0], U"・(:/");
    }
    if (i == 0 || token.size() < 2 || !IsJapaneseKin(sentence_.Word(i - 1))) return false;
    if (token.kind == Kind::kNoun || !sentence_.IsTableGiven(token.begin, token.end)) return false;
    return i + 1 == sentence_.size() || sentence_.Is(i + 1, Kind::kParticle) ||
           sentence_.Is(i + 1, Kind::kSign) || sentence_.IsHonorific(i + 1);
  }

  // 東さん: a word of kanji or kana that is also a name, before an honorific.
  bool IsShortName(size_t i) const {
    constexpr std::u32string_view kHonorifics[] = {U"さん", U"様",   U"さま",
                                                   U"氏",   U"くん", U"ちゃん"};
    const auto honorific = sentence_.Word(i + 1);
    if (std::find(std::begin(kHonorifics), std::end(kHonorifics), honorific) ==
        std::end(kHonorifics)) {
      return false;
    }
    const JapaneseToken& token = sentence_[i];
    if (!sentence_.IsHan(i) && !sentence_.IsHiragana(i)) return false;
    return sentence_.MayBegin(i) && (sentence_.IsTableSurname(token.begin, token.end) ||
                                     sentence_.IsTableGiven(token.begin, token.end));
  }

  // Behind the name that begins with a word the dictionary takes for one; `i` when it is not one
  // here.
  size_t NameEnd(size_t i) const {
    size_t end = i + 1;
    while (sentence_.Touches(end) && sentence_.IsName(end)) ++end;
    if (IsSecondPart(end)) end += 1;
    bool given = false;
    for (size_t k = i + 1; k < end; ++k) given = given || IsGivenWord(k);
    if (const size_t longer = std::max(EndWithTail(i, end), EndWithKana(end)); longer > end) {
      end = longer;
      given = true;
    }
    const bool full = given && end - i >= 2;
    if (full) {
      const bool thing = sentence_.IsNounBehind(end) && ContinuesAsThing(sentence_.Word(end));
      return !thing && sentence_.MayBegin(i) ? end : i;
    }
    if (sentence_.IsTitle(end)) return end;
    const bool alone = sentence_.IsName(i) && sentence_[i].size() >= 2 && sentence_.MayBegin(i) &&
                       (!sentence_.IsNounBehind(end) || IsBehindJapaneseName(sentence_.Word(end)));
    return alone ? end : i;
  }

  // A given name behind a blank.
  bool IsSecondPart(size_t i) const {
    if (i >= sentence_.size() || sentence_.Touches(i)) return false;
    if (sentence_[i].begin != sentence_[i - 1].end + 1) return false;
    return sentence_.IsName(i) ||
           (sentence_.IsHan(i) && sentence_.IsTableGiven(sentence_[i].begin, sentence_[i].end));
  }

  bool IsGivenWord(size_t i) const {
    return sentence_.Is(i, Kind::kGiven) || !sentence_.Touches(i);
  }

  // The dictionary cuts given names that it does not know: kanji behind [i, end) that belong to it.
  size_t EndWithTail(size_t i, size_t end) const {
    constexpr size_t kTailMax = 3;
    size_t last = end;
    while (sentence_.Touches(last) && sentence_.IsHan(last) && !sentence_.IsTitle(last) &&
           !sentence_.Is(last, Kind::kOfPerson) &&
           sentence_[last].end - sentence_[end - 1].end <= kTailMax) {
      ++last;
    }
    const bool surname = sentence_.Is(i, Kind::kSurname) ||
                         sentence_.IsTableSurname(sentence_[i].begin, sentence_[i].end);
    for (size_t cut = last; surname && cut > end; --cut) {
      const bool closed = !sentence_.Touches(cut) || !sentence_.IsHan(cut) ||
                          sentence_.IsTitle(cut) || sentence_.Is(cut, Kind::kParticle);
      const size_t begin = sentence_[i].end, behind = sentence_[cut - 1].end;
      if (closed && (sentence_.IsTableGiven(begin, behind) || IsLikelyGiven(i, end, cut))) {
        return cut;
      }
    }
    return end;
  }

  // 田中さくら様: kana behind a family name, up to an honorific or a sign.
  size_t EndWithKana(size_t end) const {
    constexpr size_t kGivenMin = 2, kGivenMax = 5;
    size_t last = end;
    bool word = false;
    while (sentence_.Touches(last) && !sentence_.IsTitle(last) &&
           (sentence_.IsHiragana(last) || sentence_.IsKatakana(last))) {
      word = word || !sentence_.IsBetweenNouns(last);
      ++last;
    }
    if (last == end || sentence_.Is(end, Kind::kParticle)) return end;
    const size_t begin = sentence_[end].begin, behind = sentence_[last - 1].end;
    const bool size = behind - begin >= kGivenMin && behind - begin <= kGivenMax;
    const bool known = sentence_.IsTableGiven(begin, behind);
    return size && word && (known || sentence_.IsHonorific(last)) ? last : end;
  }

  bool IsLikelyGiven(size_t i, size_t end, size_t cut) const {
    const size_t begin = sentence_[i].end, behind = sentence_[cut - 1].end;
    const auto tail = sentence_.Between(sentence_[end - 1].end, behind);
    if (ContinuesAsThing(tail)) return false;
    constexpr std::u32string_view kGivenEnds = U"郎夫男雄彦子美代之助介治三也人吉造蔵作衛門平";
    if (behind - begin == 3 && IsOneOf(tail.back(), kGivenEnds)) return true;
    if (behind - begin > 2) return false;
    if (sentence_.Is(cut - 1, Kind::kSuffix)) return false;
    return tail.size() == 1 || !sentence_.Is(end, Kind::kNoun) || !sentence_[end].known;
  }

  // Kanji that read as a family and a given name, none of which the dictionary has as such.
  size_t UnknownNameEnd(size_t i) const {
    if (!sentence_.IsHan(i) || !sentence_.MayBegin(i)) return i;
    size_t last = i;
    bool odd = false;
    while (sentence_.IsHan(last) && (last == i || sentence_.Touches(last)) &&
           !sentence_.IsHonorific(last) && !taken_[last]) {
      ++last;
    }
    for (size_t cut = last; cut > i; --cut) {
      const size_t begin = sentence_[i].begin, end = sentence_[cut - 1].end;
      constexpr size_t kMin = 3, kMax = 6;
      if (end - begin < kMin || end - begin > kMax) continue;
      if (cut == i + 1 && sentence_[i].known) continue;
      const bool closed = !sentence_.Touches(cut) || sentence_.Is(cut, Kind::kParticle) ||
                          sentence_.Is(cut, Kind::kSign) || sentence_.IsTitle(cut);
      odd = false;
      for (size_t k = i; k < cut; ++k) odd = odd || IsOdd(sentence_[k]);
      for (size_t family = 1; closed && odd && family <= 3 && begin + family + 2 <= end; ++family) {
        if (sentence_.IsTableSurname(begin, begin + family) &&
            sentence_.IsTableGiven(begin + family, end)) {
          return cut;
        }
      }
    }
    return i;
  }

  static bool IsOdd(const JapaneseToken& token) {
    return token.size() == 1 || token.is_name() || token.kind == Kind::kPlace ||
           token.kind == Kind::kOrganization || token.kind == Kind::kProper;
  }

  // ---- Two parts with a blank between them of which the dictionary knows neither.

  // 王 小明様, ヤマダ タロウ様: `i` is the last word before the blank.
  void FindDivided(size_t i) {
    if (sentence_[i + 1].begin != sentence_[i].end + 1) return;
    const auto is_kana = [&](size_t k) {
      return sentence_.IsKatakana(k) || sentence_.IsHiragana(k);
    };
    const auto is_han = [&](size_t k) { return sentence_.IsHan(k); };
    if (is_han(i) && is_han(i + 1)) {
      TakeDivided(i, is_han, [&](size_t begin, size_t end) {
        return sentence_.IsTableSurname(begin, end) ||
               IsChineseSurname(Utf8Of(sentence_.Between(begin, end)));
      });
    } else if (is_kana(i) && is_kana(i + 1)) {
      TakeDivided(i, is_kana, [&](size_t begin, size_t end) {
        return IsJapaneseSurnameReading(HiraganaOf(sentence_.Between(begin, end)));
      });
    }
  }

  template <typename IsPart, typename IsFamily>
  void TakeDivided(size_t i, IsPart is_part, IsFamily is_family) {
    size_t first = i, behind = i + 2;
    while (first > 0 && sentence_.Touches(first) && is_part(first - 1)) --first;
    while (sentence_.Touches(behind) && is_part(behind) && !sentence_.IsTitle(behind)) ++behind;
    constexpr size_t kHanMax = 3, kKanaMax = 6;
    const size_t most = sentence_.IsHan(i) ? kHanMax : kKanaMax;
    const size_t given = sentence_[behind - 1].end - sentence_[i + 1].begin;
    if (given > most || sentence_.IsTitle(i + 1)) return;
    const bool alone = !sentence_.IsNounBehind(behind);
    if (alone && is_family(sentence_[first].begin, sentence_[i].end)) Take(first, behind);
  }

  const JapaneseSentence& sentence_;
  Marks* const marks_;
  std::vector<bool> taken_;  // words that are in a name
};

}  // namespace

void FindJapaneseNames(const JapaneseReading& reading, Marks* marks) {
  const JapaneseSentence sentence(marks->text(), reading);
  NameSearch(sentence, marks).Run();
}

}  // namespace switchboard::redaction

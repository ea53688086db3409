#include "hub/redaction/own_names.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include "hub/redaction/cue_words.h"
#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

using Script = OwnName::Script;
using Needs = OwnName::Needs;

constexpr size_t kInsideMax = 2;   // signs between two letters of a name
constexpr size_t kBetweenMax = 3;  // signs between the two names
constexpr size_t kTitleMax = 3;    // signs between a title and a name

const CueWords& TitlesBehind() {
  static const CueWords& words = *new const CueWords(
      "様 さま さん 氏 殿 君 くん ちゃん 先生 女史 夫人 名義 本人 ご本人 宅 女士 小姐 太太 总 哥 "
      "姐 "
      "老师 律师 经理 씨 님 san sama kun chan sensei");
  return words;
}

const CueWords& TitlesBefore() {
  static const CueWords& words = *new const CueWords(
      "mr mrs ms miss mx dr prof sir madam herr frau señor señora monsieur madame customer client "
      "caller debtor borrower name 本人 ご本人 お客様 客户 借款人 契約者 名義人 債務者 顧客 会員 "
      "氏名 "
      "名前 姓名 고객 성명 이름");
  return words;
}

bool IsOfAlphabet(char32_t c) {
  return (c < 0x900 || (c >= 0x1E00 && c < 0x2000)) && u_isalpha(static_cast<UChar32>(c)) != 0;
}

// A search through one text.
class NameSearch {
 public:
  explicit NameSearch(const FoldedText& text) : text_(text) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text.is_word(i)) letters_.push_back(i);
    }
  }

  size_t letters() const { return letters_.size(); }
  char32_t letter(size_t index) const { return text_.loose()[letters_[index]]; }
  size_t begin_of(size_t first) const { return letters_[first]; }
  size_t end_of(size_t behind) const { return letters_[behind - 1] + 1; }

  // Where the name ends that begins at a letter, longest first.
  std::vector<size_t> EndsOf(const OwnName& name, size_t first) const {
    std::set<size_t> at = {first};
    for (const std::vector<std::u32string>& piece : name.pieces) {
      std::set<size_t> next;
      for (const size_t letter : at) {
        for (const std::u32string& spelling : piece) {
          if (StandsAt(spelling, letter)) next.insert(letter + spelling.size());
        }
      }
      at = std::move(next);
      if (at.empty()) return {};
    }
    std::vector<size_t> ends;
    for (auto end = at.rbegin(); end != at.rend(); ++end) {
      if (*end > first && AreTogether(name, first, *end)) ends.push_back(*end);
    }
    return ends;
  }

  // Whether a second name may go on where a first one ended.
  bool GoesOn(size_t behind) const {
    if (behind >= letters_.size()) return false;
    const size_t begin = end_of(behind), end = letters_[behind];
    if (end - begin > kBetweenMax) return false;
    for (size_t i = begin; i < end; ++i) {
      if (text_.in_mark(i) || IsOneOf(text_.plain()[i], U"。.!?;")) return false;
    }
    return true;
  }

  // Whether words begin and end with the letters [first, behind).
  bool IsWhole(const OwnName& at_begin, const OwnName& at_end, size_t first, size_t behind) const {
    const size_t begin = begin_of(first), end = end_of(behind);
    if (at_begin.script == Script::kAlphabet && begin > 0 && IsOfAlphabet(Plain(begin - 1))) {
      return false;
    }
    if (at_end.script == Script::kAlphabet && IsOfAlphabet(Plain(end)) && !HasTitleBehind(end)) {
      // "Müllers"
      const bool genitive = (Plain(end) | 0x20) == U's' && !IsOfAlphabet(Plain(end + 1)) &&
                            at_end.needs == Needs::kNothing;
      if (!genitive) return false;
    }
    const bool starts_in_katakana =
        IsKatakana(Plain(begin)) && begin > 0 && IsKatakana(Plain(begin - 1));
    const bool goes_on_in_katakana = IsKatakana(Plain(end - 1)) && IsKatakana(Plain(end));
    return !starts_in_katakana && !goes_on_in_katakana;
  }

  // Whether a family or a given name alone is the person's.
  bool IsName(const OwnName& name, size_t first, size_t behind) const {
    const size_t begin = begin_of(first), end = end_of(behind);
    if (HasTitleBehind(end) || HasTitleBefore(begin)) return true;
    switch (name.needs) {
      case Needs::kTitle:
        return false;
      case Needs::kCapital:
        return HasCapitalInside(begin);
      case Needs::kNothing:
        break;
    }
    if (name.script == Script::kHan) return !IsPlaceOrPart(begin, end);
    return name.script != Script::kKana || StandsFree(begin, end);
  }

 private:
  char32_t Plain(size_t index) const { return index < text_.size() ? text_.plain()[index] : U' '; }

  bool StandsAt(std::u32string_view spelling, size_t letter) const {
    if (letters_.size() - letter < spelling.size()) return false;
    for (size_t i = 0; i < spelling.size(); ++i) {
      if (text_.loose()[letters_[letter + i]] != spelling[i]) return false;
    }
    return true;
  }

  // Whether the letters are of one word, or as far apart as the name's own: dashes and apostrophes
  // may divide them, and blanks all of them or, in Han and kana, any.
  bool AreTogether(const OwnName& name, size_t first, size_t behind) const {
    size_t apart = 0;
    for (size_t i = first + 1; i < behind; ++i) {
      const size_t begin = letters_[i - 1] + 1, end = letters_[i];
      if (end - begin > kInsideMax) return false;
      bool blank = false;
      for (size_t j = begin; j < end; ++j) {
        if (text_.in_mark(j) || IsOneOf(Plain(j), U"。,、!?;:()")) return false;
        blank = blank || !IsOneOf(Plain(j), U"-'’.·・‐");
      }
      apart += blank;
    }
    if (apart <= name.blanks || apart == behind - first - 1) return true;
    return name.script == Script::kHan || name.script == Script::kKana;
  }

  bool HasTitleBehind(size_t end) const { return TitlesBehind().StandBehind(text_, end, 1); }

  bool HasTitleBefore(size_t begin) const {
    if (begin > 0 && IsOneOf(Plain(begin - 1), U"小老阿")) return true;
    return TitlesBefore().StandBefore(text_, begin, kTitleMax);
  }

  // "… said Rose would": neither at the begin of a sentence nor in capitals all through.
  bool HasCapitalInside(size_t begin) const {
    const bool capital = u_isupper(static_cast<UChar32>(Plain(begin))) != 0 &&
                         u_isupper(static_cast<UChar32>(Plain(begin + 1))) == 0;
    if (!capital) return false;
    size_t at = begin;
    while (at > 0 && (Plain(at - 1) == U' ' || Plain(at - 1) == U'\t')) --at;
    return at > 0 && !IsOneOf(Plain(at - 1), U".!?\n:;\"'(-•。");
  }

  // 千葉県, 福島駅, and a name of two letters that are apart in longer words.
  bool IsPlaceOrPart(size_t begin, size_t end) const {
    constexpr std::u32string_view kOfPlaces = U"県縣县府都道市区區町村郡州省駅站店支線线川山島岛";
    if (IsOneOf(Plain(end), kOfPlaces)) return true;
    bool divided = false;
    for (size_t i = begin; i < end; ++i) divided = divided || !text_.is_word(i);
    return divided && ((begin > 0 && IsHan(Plain(begin - 1))) || IsHan(Plain(end)));
  }

  // Of kana: where no hiragana goes before, and a particle, or none, behind.
  bool StandsFree(size_t begin, size_t end) const {
    constexpr std::u32string_view kParticles = U"はがのをにとともでへやかよねだ";
    if (!IsHiragana(Plain(begin))) return true;  // katakana: IsWhole said so
    if (begin > 0 && IsHiragana(Plain(begin - 1))) return false;
    return !IsHiragana(Plain(end)) || IsOneOf(Plain(end), kParticles);
  }

  const FoldedText& text_;
  std::vector<size_t> letters_;
};

struct Match {
  size_t behind = 0;
  std::string value = {};
};

void Keep(Match match, std::optional<Match>* best) {
  if (!best->has_value() || (*best)->behind < match.behind) *best = std::move(match);
}

// The longest of one name and the other behind it, in this order.
void FindBoth(const NameSearch& search, const std::vector<OwnName>& ones,
              const std::vector<OwnName>& others, size_t first, std::optional<Match>* best) {
  for (const OwnName& one : ones) {
    for (const size_t middle : search.EndsOf(one, first)) {
      if (!search.GoesOn(middle)) continue;
      for (const OwnName& other : others) {
        for (const size_t behind : search.EndsOf(other, middle)) {
          if (search.IsWhole(one, other, first, behind)) Keep({behind, "full"}, best);
        }
      }
    }
  }
}

void FindOne(const NameSearch& search, const std::vector<OwnName>& names, const char* value,
             size_t first, std::optional<Match>* best) {
  for (const OwnName& name : names) {
    for (const size_t behind : search.EndsOf(name, first)) {
      if (!search.IsWhole(name, name, first, behind)) continue;
      if (search.IsName(name, first, behind)) Keep({behind, value}, best);
    }
  }
}

void Append(std::vector<OwnName> more, std::vector<OwnName>* names) {
  std::move(more.begin(), more.end(), std::back_inserter(*names));
}

}  // namespace

OwnNames::OwnNames(const v1::Person& person) {
  const std::string& language = person.language();
  const std::string& country = person.address().country();
  const bool chinese = language.starts_with("zh") || country == "CN" || country == "TW" ||
                       country == "HK" || country == "MO" || country == "SG";
  Append(SpellingsOf(person.family_name(), language, chinese), &families_);
  Append(SpellingsOf(person.family_name_reading(), language, chinese), &families_);
  Append(SpellingsOf(person.given_name(), language, chinese), &givens_);
  Append(SpellingsOf(person.given_name_reading(), language, chinese), &givens_);
  for (const std::vector<OwnName>* names : {&families_, &givens_}) {
    for (const OwnName& name : *names) {
      for (const std::u32string& spelling : name.pieces.front()) {
        if (!IsOneOf(spelling.front(), first_letters_)) first_letters_ += spelling.front();
      }
    }
  }
}

void OwnNames::Find(Marks* marks) const {
  const NameSearch search(marks->text());
  for (size_t first = 0; first < search.letters();) {
    if (!IsOneOf(search.letter(first), first_letters_)) {
      ++first;
      continue;
    }
    std::optional<Match> best;
    FindBoth(search, families_, givens_, first, &best);
    FindBoth(search, givens_, families_, first, &best);
    FindOne(search, families_, "family", first, &best);
    FindOne(search, givens_, "given", first, &best);
    if (!best.has_value()) {
      ++first;
      continue;
    }
    marks->Add({search.begin_of(first), search.end_of(best->behind), v1::TextMark::KIND_NAME, true,
                std::move(best->value)});
    first = best->behind;
  }
}

}  // namespace switchboard::redaction

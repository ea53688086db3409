#include "hub/redaction/english_address.h"

#include <algorithm>
#include <string_view>

namespace switchboard::redaction {
namespace {

using Case = EnglishWord::Case;

class AddressSearch {
 public:
  AddressSearch(const std::vector<EnglishWord>& words, const std::vector<EnglishPart>& parts,
                Marks* marks)
      : words_(words), parts_(parts), marks_(marks), plain_(marks->text().plain()) {}

  void Run() {
    for (const EnglishPart& part : parts_) {
      if (part.kind == EnglishKind::kAddress && IsFineEnough(part)) Add(part.first, part.last);
    }
    for (size_t at = 0; at < words_.size();) {
      const size_t last = StreetLast(at);
      if (last > at) Add(at, last);
      at = std::max(last, at + 1);
    }
  }

 private:
  bool IsSign(size_t at, char32_t sign) const {
    return at < words_.size() && plain_[words_[at].begin] == sign;
  }
  bool IsNumber(size_t at) const {
    return at < words_.size() && IsDigit(plain_[words_[at].begin]) && words_[at].letters > 0;
  }
  static bool IsDigit(char32_t c) { return c >= U'0' && c <= U'9'; }
  bool IsNamed(size_t at) const {
    if (at >= words_.size()) return false;
    const Case letters = words_[at].letter_case;
    return (letters == Case::kCapital || letters == Case::kCapitals || letters == Case::kMixed) &&
           (words_[at].bits & EnglishWord::kDay) == 0;
  }
  bool IsStreet(size_t at) const {
    return at < words_.size() && (words_[at].bits & EnglishWord::kStreet) != 0;
  }
  bool IsOneOf(size_t at, std::u32string_view words) const {
    if (at >= words_.size()) return false;
    const EnglishWord& word = words_[at];
    const std::u32string_view loose = marks_->text().loose();
    const auto one = U" " + std::u32string(loose.substr(word.begin, word.end - word.begin)) + U" ";
    return words.find(one) != std::u32string_view::npos;
  }

  bool IsFineEnough(const EnglishPart& part) const {
    // Groups of digits that are no postal code stand beside others.
    const bool grouped = (part.first > 0 && IsNumber(part.first - 1)) || IsNumber(part.last);
    bool numbered = false, written = false;
    for (size_t at = part.first; at < part.last; ++at) {
      if (IsStreet(at) || IsOneOf(at, U" box flat apt unit ")) return true;
      numbered = numbered || IsNumber(at);
      written = written || words_[at].letter_case != Case::kNone;
    }
    return numbered && (written || !grouped);
  }

  // Behind the last word of a number and a street that begin at `at`; `at` for none.
  size_t StreetLast(size_t at) const {
    constexpr size_t kNumberMax = 5, kNamesMax = 4;
    if (!IsNumber(at) || words_[at].letters > kNumberMax) return at;
    if (at > 0 && IsOneOf(at - 1, U" $ £ € . , - / : ")) {
      if (!IsOneOf(at - 1, U" : , ")) return at;
    }
    size_t next = at + 1;
    // 12B and 5th.
    if (next < words_.size() && words_[next].begin == words_[at].end && words_[next].letters < 3) {
      ++next;
    }
    size_t names = 0;
    bool named = false;
    for (; names < kNamesMax; ++names, ++next) {
      // In "12 Park Lane" the last one is the street.
      if (named && IsStreet(next) && !IsStreet(next + 1) && IsNamed(next)) break;
      const bool side = IsSign(next, U'.') && names > 0;
      const bool counted = IsNumber(next) && next + 1 < words_.size() &&
                           words_[next + 1].begin == words_[next].end;  // 5th
      if (counted) {
        ++next;
      } else if (!IsNamed(next) && !side) {
        return at;
      }
      named = true;
    }
    if (!IsStreet(next) || !IsNamed(next)) return at;
    return UnitLast(next + 1);
  }

  // The same of a flat behind it, if one is there.
  size_t UnitLast(size_t at) const {
    size_t next = at;
    if (IsSign(next, U'.') && IsSign(next + 1, U',')) ++next;
    if (IsSign(next, U',')) ++next;
    if (!IsOneOf(next, U" apt apartment unit suite ste flat floor room # ")) return at;
    ++next;
    if (IsSign(next, U'.') || IsSign(next, U'#')) ++next;
    const bool numbered =
        IsNumber(next) || (next < words_.size() && words_[next].letters == 1 && IsNamed(next));
    if (!numbered) return at;
    ++next;
    const bool goes_on = next < words_.size() && words_[next].begin == words_[next - 1].end &&
                         words_[next].letters == 1 && IsNamed(next);
    return goes_on ? next + 1 : next;
  }

  // With the places behind it: ", Portland".
  void Add(size_t first, size_t last) {
    for (bool found = true; found;) {
      found = false;
      const size_t next = IsSign(last, U',') ? last + 1 : last;
      for (const EnglishPart& part : parts_) {
        if (part.first == next && part.kind == EnglishKind::kPlace) {
          last = part.last;
          found = true;
        }
      }
    }
    while (last > first && IsOneOf(last - 1, U" , . : ; ")) --last;
    while (first < last && IsOneOf(first, U" , . : ; ")) ++first;
    if (first == last) return;
    marks_->Add({words_[first].begin, words_[last - 1].end, v1::TextMark::KIND_ADDRESS});
  }

  const std::vector<EnglishWord>& words_;
  const std::vector<EnglishPart>& parts_;
  Marks* const marks_;
  const std::u32string_view plain_;
};

}  // namespace

void FindEnglishAddresses(const std::vector<EnglishWord>& words,
                          const std::vector<EnglishPart>& parts, Marks* marks) {
  AddressSearch(words, parts, marks).Run();
}

}  // namespace switchboard::redaction

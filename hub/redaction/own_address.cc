#include "hub/redaction/own_address.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "hub/redaction/cue_words.h"
#include "hub/redaction/squeezed.h"

namespace switchboard::redaction {
namespace {

using Element = OwnAddress::Element;

constexpr size_t kGapMax = 6;       // characters between two elements, units among them
constexpr size_t kBesidePlace = 3;  // signs between a street and its city
constexpr size_t kNumbersMin = 3;   // that are the address without a word
constexpr size_t kNumberDigitsMin = 4;
constexpr size_t kHanWordMin = 3;     // letters of a word that says where without a number
constexpr size_t kLatinWordsMin = 8;  // the same of two words of an alphabet
constexpr size_t kLongCodeMin = 7;    // of a postal code that needs no word beside it
constexpr size_t kBehindWord = 6;

const CueWords& PostalWords() {
  static const CueWords& words = *new const CueWords(
      "〒 郵便番号 邮编 郵遞區號 zip zip_code zipcode postal postal_code postcode plz 우편번호");
  return words;
}

bool IsEastern(char32_t c) { return c >= 0x2E80; }

// Letters that only say what a number counts.
bool IsUnit(std::u32string_view word) {
  constexpr std::u32string_view kUnits = U"丁目番地号室阶层楼栋单元弄巷段街区组户之ノのf条";
  return std::all_of(word.begin(), word.end(),
                     [&](char32_t c) { return kUnits.find(c) != kUnits.npos; });
}

// Words that many addresses have.
bool IsCommon(std::u32string_view word) {
  static constexpr std::u32string_view kCommon[] = {
      U"まんしょん", U"あぱーと", U"はいつ", U"こーぽ", U"めぞん", U"だんち",
      U"花园",       U"小区",     U"公寓",   U"大厦",   U"团地",   U"住宅",
      U"apartment",  U"building", U"house",  U"street", U"avenue", U"road"};
  return std::find(std::begin(kCommon), std::end(kCommon), word) != std::end(kCommon);
}

// One word for all that mean the same.
std::u32string_view Normal(std::u32string_view word) {
  static constexpr std::pair<std::u32string_view, std::u32string_view> kShort[] = {
      {U"st", U"street"},      {U"ave", U"avenue"},  {U"av", U"avenue"},     {U"rd", U"road"},
      {U"blvd", U"boulevard"}, {U"dr", U"drive"},    {U"ln", U"lane"},       {U"ct", U"court"},
      {U"pl", U"place"},       {U"sq", U"square"},   {U"apt", U"apartment"}, {U"ste", U"suite"},
      {U"n", U"north"},        {U"s", U"south"},     {U"e", U"east"},        {U"w", U"west"},
      {U"str", U"strasse"},    {U"hwy", U"highway"}, {U"pkwy", U"parkway"},  {U"rm", U"room"}};
  for (const auto& [typed, word_for_it] : kShort) {
    if (typed == word) return word_for_it;
  }
  return word;
}

// 1 to 99 in Han numerals.
std::u32string HanDigits(std::u32string_view numerals) {
  constexpr std::u32string_view kDigits = U"〇一二三四五六七八九";
  int sum = 0, last = 0;
  for (const char32_t c : numerals) {
    if (c == U'十') {
      sum += std::max(last, 1) * 10;
      last = 0;
    } else {
      last = static_cast<int>(kDigits.find(c));
    }
  }
  const std::string digits = std::to_string(sum + last);
  return {digits.begin(), digits.end()};
}

// Reads a text as an address would be read.
class Reading {
 public:
  explicit Reading(const FoldedText& text) : text_(text) {}

  std::vector<Element> Run() {
    for (size_t at = 0; at < text_.size();) {
      const size_t end = text_.digit(at) >= 0 ? NumberEnd(at) : HanNumberEnd(at);
      if (end > at) {
        AddNumber(at, end);
        at = end;
      } else if (text_.is_word(at)) {
        at = AddWord(at);
      } else {
        ++at;
      }
    }
    return std::move(elements_);
  }

 private:
  size_t NumberEnd(size_t at) const {
    while (at < text_.size() && text_.digit(at) >= 0) ++at;
    return at;
  }

  // Han numerals count where a unit stands behind them; else they are of a name (四谷).
  size_t HanNumberEnd(size_t at) const {
    constexpr std::u32string_view kNumerals = U"一二三四五六七八九十";
    constexpr std::u32string_view kUnits = U"丁番号段条楼层巷弄室栋";
    size_t end = at;
    while (end < text_.size() && kNumerals.find(text_.plain()[end]) != kNumerals.npos) ++end;
    const bool counts = end < text_.size() && kUnits.find(text_.loose()[end]) != kUnits.npos;
    return counts ? end : at;
  }

  void AddNumber(size_t begin, size_t end) {
    std::u32string digits;
    if (text_.digit(begin) < 0) {
      digits = HanDigits(text_.plain().substr(begin, end - begin));
    } else {
      for (size_t i = begin; i < end; ++i) {
        if (digits.empty() && text_.digit(i) == 0 && i + 1 < end) continue;
        digits += U'0' + static_cast<char32_t>(text_.digit(i));
      }
    }
    elements_.push_back({begin, end, true, std::move(digits)});
  }

  // Letters up to what divides them, a number, or another sort of letters.
  size_t AddWord(size_t begin) {
    const bool eastern = IsEastern(text_.plain()[begin]);
    size_t end = begin;
    while (end < text_.size() && text_.is_word(end) && text_.digit(end) < 0 &&
           IsEastern(text_.plain()[end]) == eastern && HanNumberEnd(end) == end) {
      ++end;
    }
    if (end == begin) return begin + 1;
    const std::u32string_view word = text_.loose().substr(begin, end - begin);
    if (!IsUnit(word)) elements_.push_back({begin, end, false, std::u32string(Normal(word))});
    return end;
  }

  const FoldedText& text_;
  std::vector<Element> elements_;
};

// Whether a text's element is the address's: of Han and kana also at the end of longer letters when
// it is the first in a row (渋谷区神南), and at the begin of them when it is the last.
bool IsSame(const Element& own, const Element& typed, bool first) {
  if (own.is_number != typed.is_number) return false;
  if (own.letters == typed.letters) return true;
  if (own.is_number || !IsEastern(own.letters.front()) || own.letters.size() < 2) return false;
  return first ? typed.letters.ends_with(own.letters) : typed.letters.starts_with(own.letters);
}

// What a row of elements says.
struct Weight {
  size_t numbers = 0, digits = 0, words = 0, letters = 0;
  bool eastern = false, common = true;

  void Add(const Element& element) {
    if (element.is_number) {
      ++numbers;
      digits += element.letters.size();
      return;
    }
    ++words;
    letters += element.letters.size();
    eastern = eastern || IsEastern(element.letters.front());
    common = common && IsCommon(element.letters);
  }

  bool Suffices() const {
    if (words == 0) return numbers >= kNumbersMin && digits >= kNumberDigitsMin;
    if (common) return false;
    if (numbers > 0) return letters >= (eastern ? 2u : 3u);
    return eastern ? letters >= kHanWordMin : words >= 2 && letters >= kLatinWordsMin;
  }
};

}  // namespace

OwnAddress::OwnAddress(const v1::Address& address) : postal_code_(Squeezed(address.postal_code())) {
  const std::string lines = address.district() + "\n" + address.street();
  elements_ = Reading(FoldedText(lines)).Run();
  for (const std::string* place : {&address.region(), &address.city(), &address.postal_code()}) {
    std::u32string letters = Squeezed(*place);
    if (letters.size() >= 2) places_.push_back(std::move(letters));
  }
}

void OwnAddress::Find(Marks* marks) const {
  FindPostalCode(marks);
  if (elements_.empty()) return;
  const FoldedText& text = marks->text();
  const std::vector<Element> typed = Reading(text).Run();
  for (size_t i = 0; i < typed.size(); ++i) {
    for (size_t j = 0; j < elements_.size(); ++j) {
      Weight weight;
      size_t size = 0;
      for (; i + size < typed.size() && j + size < elements_.size(); ++size) {
        const bool near = size == 0 || typed[i + size].begin - typed[i + size - 1].end <= kGapMax;
        if (!near || !IsSame(elements_[j + size], typed[i + size], size == 0)) break;
        weight.Add(elements_[j + size]);
      }
      if (size == 0 || !weight.Suffices()) continue;
      const Element &first = typed[i], &last = typed[i + size - 1];
      // Of longer letters only what is the address's.
      const size_t before = first.letters.size() - elements_[j].letters.size();
      const size_t begin = first.begin + (first.is_number ? 0 : before);
      const size_t behind = last.letters.size() - elements_[j + size - 1].letters.size();
      size_t end = last.end - (last.is_number || size == 1 ? 0 : behind);
      while (last.is_number && end < text.size() && IsUnit(text.loose().substr(end, 1))) ++end;
      AddWithPlaces(begin, end, marks);
    }
  }
}

void OwnAddress::FindPostalCode(Marks* marks) const {
  if (postal_code_.size() < 3) return;
  const FoldedText& text = marks->text();
  const auto is_digit = [](char32_t c) { return c >= U'0' && c <= U'9'; };
  const bool digits = std::all_of(postal_code_.begin(), postal_code_.end(), is_digit);
  const bool needs_word = postal_code_.size() < (digits ? kLongCodeMin : kLongCodeMin - 2);
  ForEachWhole(text, postal_code_, [&](size_t begin, size_t end) {
    if (needs_word && !PostalWords().StandBefore(text, begin, kBehindWord)) return;
    if (begin > 0 && text.plain()[begin - 1] == U'〒') --begin;
    AddWithPlaces(begin, end, marks);
  });
}

void OwnAddress::AddWithPlaces(size_t begin, size_t end, Marks* marks) const {
  const FoldedText& text = marks->text();
  // Where a word of a place may end before `at`, or begin behind it.
  const auto skip = [&](size_t at, bool back) {
    for (size_t i = 0; i < kBesidePlace; ++i) {
      const size_t next = back ? at - 1 : at;
      if ((back && at == 0) || (!back && at >= text.size()) || text.is_word(next)) break;
      if (text.in_mark(next) || text.plain()[next] == U'。') break;
      at = back ? at - 1 : at + 1;
    }
    return at;
  };
  bool grown = true;
  while (grown) {
    grown = false;
    const size_t left = skip(begin, true), right = skip(end, false);
    for (const std::u32string& place : places_) {
      const size_t before = BeginOfLetters(text, left, place);
      const size_t behind = EndOfLetters(text, right, place);
      if (before == left && behind == right) continue;
      if (before < left) begin = before;
      if (behind > right) end = behind;
      grown = true;
      break;
    }
  }
  marks->Add({begin, end, v1::TextMark::KIND_ADDRESS, true, {}});
}

}  // namespace switchboard::redaction

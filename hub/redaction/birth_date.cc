#include "hub/redaction/birth_date.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/redaction/cue_words.h"

namespace switchboard::redaction {
namespace {

constexpr size_t kGapMax = 7;      // characters between two parts of a day
constexpr size_t kBesideWord = 8;  // between a word for a birth and a part of the day

const CueWords& BirthWords() {
  static const CueWords& words = *new const CueWords(
      "生まれ 生れ 誕生日 誕生 生年月日 生日 出生 生于 生於 birthday born birth dob date_of_birth "
      "생일 생년월일 출생");
  return words;
}

struct Era {
  std::u32string_view name;  // in the loose dress
  int32_t before;            // the year before its first
};
// The longer of two with one end first.
constexpr Era kEras[] = {
    {U"昭和", 1925}, {U"平成", 1988}, {U"令和", 2018}, {U"大正", 1911}, {U"明治", 1867},
    {U"民国", 1911}, {U"昭", 1925},   {U"平", 1988},   {U"令", 2018},   {U"大", 1911},
    {U"明", 1867},   {U"s", 1925},    {U"h", 1988},    {U"r", 2018},    {U"t", 1911},
    {U"m", 1867},    {U"roc", 1911},
};
constexpr std::u32string_view kMonths[] = {U"january",   U"february", U"march",    U"april",
                                           U"may",       U"june",     U"july",     U"august",
                                           U"september", U"october",  U"november", U"december"};

// A number in a text, or the name of a month.
struct Part {
  size_t begin, end;
  int32_t value;
  size_t digits;  // of a run of digits; 0 for others
  bool is_month_name = false;
  size_t era_begin = 0;
  int32_t era_year = 0;  // by the era in front of it; 0 for none
};

bool IsAsciiLetter(char32_t c) { return (c | 0x20) >= U'a' && (c | 0x20) <= U'z'; }

int32_t HanValue(char32_t c) {
  constexpr std::u32string_view kDigits = U"〇一二三四五六七八九";
  const size_t at = kDigits.find(c);
  if (at != kDigits.npos) return static_cast<int32_t>(at);
  return c == U'零' ? 0 : c == U'元' ? 1 : -1;
}

bool IsHanNumeral(char32_t c) { return HanValue(c) >= 0 || c == U'十' || c == U'百'; }

// 五十五, 八十, 十二, 元, and digit by digit 一九八〇.
int32_t HanNumber(std::u32string_view numerals) {
  int32_t sum = 0, last = 0;
  bool positional = false;
  for (const char32_t c : numerals) {
    if (c == U'十' || c == U'百') {
      sum += std::max(last, 1) * (c == U'十' ? 10 : 100);
      last = 0;
      positional = true;
    } else {
      last = positional ? HanValue(c) : std::min(last, 100'000) * 10 + HanValue(c);
    }
  }
  return sum + last;
}

class BirthDateSearch {
 public:
  BirthDateSearch(const v1::Date& date, Marks* marks)
      : date_(date), marks_(marks), text_(marks->text()) {
    for (size_t at = 0; at < text_.size();) at = AddPart(at);
  }

  void Run() {
    for (size_t i = 0; i < parts_.size();) i += FindAt(i);
  }

 private:
  // Adds the part that begins at `at`, if one does, and returns where to go on.
  size_t AddPart(size_t at) {
    size_t end = at;
    int32_t value = 0;
    while (end < text_.size() && text_.digit(end) >= 0) {
      value = std::min(value, 100'000'000) * 10 + text_.digit(end++);
    }
    if (end > at) {
      Append({at, end, value, end - at});
      return end;
    }
    while (end < text_.size() && IsHanNumeral(text_.plain()[end])) ++end;
    if (end > at) {
      Append({at, end, HanNumber(text_.plain().substr(at, end - at)), 0});
      return end;
    }
    if (!IsAsciiLetter(text_.plain()[at])) return at + 1;
    while (end < text_.size() && IsAsciiLetter(text_.plain()[end])) ++end;
    const std::u32string_view word = text_.loose().substr(at, end - at);
    for (size_t month = 0; month < std::size(kMonths); ++month) {
      const bool named = word.size() >= 3 && kMonths[month].starts_with(word);
      const bool sept = word == U"sept" && month == 8;
      if (named || sept) Append({at, end, static_cast<int32_t>(month + 1), 0, true});
    }
    return end;
  }

  // With the year that an era in front of it makes of it.
  void Append(Part part) {
    size_t end = part.begin;
    if (end > 0 && (text_.plain()[end - 1] == U'.' || text_.plain()[end - 1] == U' ')) --end;
    for (const auto& [name, before] : kEras) {
      if (end < name.size() || part.is_month_name) continue;
      const size_t begin = end - name.size();
      if (text_.loose().substr(begin, name.size()) != name) continue;
      const bool in_word =
          name.front() < 0x80 && begin > 0 && IsAsciiLetter(text_.plain()[begin - 1]);
      if (in_word) continue;
      part.era_begin = begin;
      part.era_year = before + part.value;
      break;
    }
    parts_.push_back(part);
  }

  bool IsYear(const Part& part) const {
    if (part.is_month_name) return false;
    if (part.era_year == date_.year()) return true;
    if (part.value == date_.year()) return true;
    return part.digits == 2 && part.value == date_.year() % 100;
  }
  bool IsMonth(const Part& part) const { return part.digits <= 2 && part.value == date_.month(); }
  bool IsDay(const Part& part) const {
    return part.digits <= 2 && !part.is_month_name && part.value == date_.day();
  }

  // Whether nothing but what divides or names the parts of a day stands between two.
  bool AreNear(size_t i) const {
    constexpr std::u32string_view kLetters = U"年月日号の년월일ofstndrdthe";
    if (i + 1 >= parts_.size()) return false;
    const size_t begin = parts_[i].end, end = parts_[i + 1].begin;
    if (end - begin > kGapMax) return false;
    for (size_t at = begin; at < end; ++at) {
      if (text_.in_mark(at)) return false;
      if (text_.is_word(at) && kLetters.find(text_.loose()[at]) == kLetters.npos) return false;
    }
    return true;
  }

  // How many parts from `i` on are done with.
  size_t FindAt(size_t i) {
    if (IsRun(parts_[i])) return Add(i, i);
    if (AreNear(i) && AreNear(i + 1)) {
      const Part &a = parts_[i], &b = parts_[i + 1], &c = parts_[i + 2];
      const bool year_first = IsYear(a) && ((IsMonth(b) && IsDay(c)) || (IsDay(b) && IsMonth(c)));
      const bool year_last = IsYear(c) && ((IsMonth(a) && IsDay(b)) || (IsDay(a) && IsMonth(b)));
      if (year_first || year_last) return Add(i, i + 2);
    }
    const Part& part = parts_[i];
    if (AreNear(i)) {
      const Part& next = parts_[i + 1];
      const bool day = (IsMonth(part) && IsDay(next)) || (IsDay(part) && IsMonth(next));
      if (day && IsBesideWord(part.begin, next.end)) return Add(i, i + 1);
    }
    const bool year = part.value == date_.year() || part.era_year == date_.year();
    return year && IsBesideWord(part.begin, part.end) ? Add(i, i) : 1;
  }

  // 19800502, 800502, 02051980.
  bool IsRun(const Part& part) const {
    if (part.digits != 8 && part.digits != 6) return false;
    const int32_t year = date_.year(), month = date_.month(), day = date_.day();
    const int32_t short_year = year % 100;
    if (part.digits == 8) {
      return part.value == year * 10'000 + month * 100 + day ||
             part.value == day * 1'000'000 + month * 10'000 + year ||
             part.value == month * 1'000'000 + day * 10'000 + year;
    }
    return part.value == short_year * 10'000 + month * 100 + day;
  }

  bool IsBesideWord(size_t begin, size_t end) const {
    return BirthWords().StandBefore(text_, begin, kBesideWord) ||
           BirthWords().StandBehind(text_, end, kBesideWord);
  }

  size_t Add(size_t first, size_t last) {
    const Part& part = parts_[first];
    const size_t begin = part.era_year != 0 ? part.era_begin : part.begin;
    size_t end = parts_[last].end;
    const std::u32string_view behind = text_.loose().substr(end, 2);
    if (behind == U"st" || behind == U"nd" || behind == U"rd" || behind == U"th") end += 2;
    constexpr std::u32string_view kUnits = U"日号年일년";
    if (end < text_.size() && kUnits.find(text_.loose()[end]) != kUnits.npos) ++end;
    marks_->Add({begin, end, v1::TextMark::KIND_BIRTH_DATE, true, "birth"});
    return last - first + 1;
  }

  const v1::Date& date_;
  Marks* const marks_;
  const FoldedText& text_;
  std::vector<Part> parts_;
};

}  // namespace

void FindBirthDate(const v1::Date& birth_date, Marks* marks) {
  if (birth_date.year() == 0 || birth_date.month() == 0 || birth_date.day() == 0) return;
  BirthDateSearch(birth_date, marks).Run();
}

}  // namespace switchboard::redaction

#include "hub/redaction/number_line.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "absl/strings/ascii.h"

namespace switchboard::redaction {
namespace {

constexpr size_t kSeparatorsMax = 3;
constexpr char32_t kMinus = 0x2212;
constexpr char32_t kLongVowel = 0x30FC;

constexpr size_t kCountedDigitsMax = 8;
constexpr int kYearMin = 1900;
constexpr int kYearBehind = 2100;

int NumberOf(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

char ByteOf(const FoldedText& text, size_t index) {
  if (text.in_mark(index)) return '!';
  if (text.digit(index) >= 0) return static_cast<char>('0' + text.digit(index));
  const char32_t c = text.plain()[index];
  if (c == U'\n' || c == U'\t') return ' ';
  if (c < 0x80) return static_cast<char>(c);
  const auto type = u_charType(static_cast<UChar32>(c));
  if (type == U_SPACE_SEPARATOR) return ' ';
  if (type == U_DASH_PUNCTUATION || c == kMinus || c == kLongVowel) return '-';
  if (text.separates(index)) return '.';
  return text.is_word(index) ? '~' : '!';
}

}  // namespace

std::string NumberLine(const FoldedText& text) {
  std::string line(text.size(), ' ');
  for (size_t i = 0; i < line.size(); ++i) line[i] = ByteOf(text, i);
  return line;
}

std::string FreeNumberLine(const Marks& marks) {
  std::string line = NumberLine(marks.text());
  for (size_t i = 0; i < line.size(); ++i) {
    if (marks.KindAt(i) != v1::TextMark::KIND_UNSPECIFIED) line[i] = '!';
  }
  return line;
}

std::vector<bool> HanBesideDigits(const FoldedText& text) {
  std::vector<bool> beside;
  const auto is_han = [&](size_t i) { return text.plain()[i] >= 0x80; };
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    while (end < text.size() && text.digit(end) >= 0) ++end;
    size_t first = begin, behind = end;  // of the other digits
    while (first < end && is_han(first)) ++first;
    while (behind > first && is_han(behind - 1)) --behind;
    if (first < behind && behind - first < end - begin) {
      beside.resize(text.size());
      for (size_t i = begin; i < end; ++i) beside[i] = i < first || i >= behind;
    }
    begin = std::max(end, begin + 1);
  }
  return beside;
}

std::string FreeNumberLine(const Marks& marks, const std::vector<bool>& words) {
  std::string line = FreeNumberLine(marks);
  for (size_t i = 0; i < line.size(); ++i) {
    if (words[i] && IsDigit(line[i])) line[i] = '~';
  }
  return line;
}

std::vector<DigitRow> DigitRows(std::string_view line, std::string_view separators) {
  std::vector<DigitRow> rows;
  size_t behind = 0;    // of the last group
  bool joined = false;  // only separators since then
  for (size_t at = 0; at < line.size();) {
    if (!IsDigit(line[at])) {
      joined = joined && separators.find(line[at]) != std::string_view::npos;
      ++at;
      continue;
    }
    size_t end = at;
    while (end < line.size() && IsDigit(line[end])) ++end;
    if (!joined || at - behind > kSeparatorsMax) rows.emplace_back();
    rows.back().push_back({at, end});
    at = behind = end;
    joined = true;
  }
  return rows;
}

std::string DigitsIn(std::string_view line, size_t begin, size_t end) {
  std::string digits;
  for (const char c : line.substr(begin, end - begin)) {
    if (IsDigit(c)) digits += c;
  }
  return digits;
}

bool IsDay(std::string_view line, size_t begin, size_t end) {
  std::vector<int> groups;
  std::vector<size_t> sizes;
  for (size_t at = begin; at < end; ++at) {
    if (!IsDigit(line[at])) continue;
    size_t behind = at;
    while (behind < end && IsDigit(line[behind])) ++behind;
    if (behind - at > 4) return false;
    groups.push_back(NumberOf(line.substr(at, behind - at)));
    sizes.push_back(behind - at);
    at = behind;
  }
  if (groups.size() < 3) return false;
  const auto is_part = [&](size_t i, int most) {
    return sizes[i] <= 2 && groups[i] >= 1 && groups[i] <= most;
  };
  const auto is_year = [&](size_t i) {
    return sizes[i] == 2 || (sizes[i] == 4 && groups[i] >= kYearMin && groups[i] < kYearBehind);
  };
  const bool year_first = is_year(0) && is_part(1, 12) && is_part(2, 31);
  const bool year_last =
      is_year(2) && ((is_part(0, 12) && is_part(1, 31)) || (is_part(0, 31) && is_part(1, 12)));
  // A time may stand behind it.
  const bool rest = std::all_of(sizes.begin() + 3, sizes.end(), [](size_t n) { return n <= 2; });
  return (year_first || year_last) && rest && sizes.size() <= 6;
}

bool IsAmountOrDay(const FoldedText& text, std::string_view line, size_t begin, size_t end) {
  constexpr std::u32string_view kBefore = U"$€£¥₩₹";
  constexpr std::u32string_view kBehind = U"円元圓块塊원%";
  // Words begin with these too: 13812345678回电.
  constexpr std::u32string_view kBehindFew = U"萬万千年月歳岁回件";
  if (IsDay(line, begin, end)) return true;
  const auto sign = [&](size_t i) { return text.plain()[i]; };
  if (begin > 0 && kBefore.find(sign(begin - 1)) != std::u32string_view::npos) return true;
  if (begin > 1 && sign(begin - 1) == U' ' &&
      kBefore.find(sign(begin - 2)) != std::u32string_view::npos) {
    return true;
  }
  size_t behind = end;
  if (behind < text.size() && sign(behind) == U' ') ++behind;
  if (behind < text.size() && kBehind.find(sign(behind)) != std::u32string_view::npos) return true;
  if (behind < text.size() && kBehindFew.find(sign(behind)) != std::u32string_view::npos &&
      DigitsIn(line, begin, end).size() <= kCountedDigitsMax) {
    return true;
  }
  // 1234.50, 12,345
  const bool goes_on =
      end + 1 < line.size() && (line[end] == '.' || line[end] == ',') && IsDigit(line[end + 1]);
  const bool came = begin > 1 && line[begin - 1] == ',' && IsDigit(line[begin - 2]);
  return goes_on || came;
}

}  // namespace switchboard::redaction

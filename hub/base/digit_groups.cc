#include "hub/base/digit_groups.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"

namespace switchboard {
namespace {

constexpr std::string_view kSeparators = " ._:/-";
constexpr char kRandom = '~';

bool IsSeparator(char c) { return kSeparators.find(c) != std::string_view::npos; }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsHex(char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); }
bool IsAlphanumeric(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

int NumberOf(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

bool IsTime(std::string_view digits) {  // hh, hhmm, hhmmss
  return NumberOf(digits.substr(0, 2)) < 24 &&
         (digits.size() < 4 || NumberOf(digits.substr(2, 2)) < 60) &&
         (digits.size() < 6 || NumberOf(digits.substr(4, 2)) < 60);
}

bool IsDay(int year, int month, int day) {
  const absl::CivilDay date(year, month, day);
  return month >= 1 && month <= 12 && date.month() == month && date.day() == day;
}

// YYYYMMDD of the last or this century.
bool IsDate(std::string_view digits) {
  const int year = NumberOf(digits.substr(0, 4));
  return digits.size() == 8 && year >= 1900 && year < 2100 &&
         IsDay(year, NumberOf(digits.substr(4, 2)), NumberOf(digits.substr(6, 2)));
}

// YYMMDD of this century.
bool IsShortDate(std::string_view digits) {
  return digits.size() == 6 && IsDay(2000 + NumberOf(digits.substr(0, 2)),
                                     NumberOf(digits.substr(2, 2)), NumberOf(digits.substr(4, 2)));
}

// How many groups from `at` on are a time of the day.
size_t TimeGroups(const DigitSequence& sequence, size_t at) {
  if (at >= sequence.size()) return 0;
  const std::string_view first = sequence[at];
  if (first.size() == 4 || first.size() == 6) return IsTime(first) ? 1 : 0;
  std::string digits;
  size_t groups = 0;
  while (groups < 3 && at + groups < sequence.size() && sequence[at + groups].size() == 2) {
    digits += sequence[at + groups];
    ++groups;
  }
  return groups >= 2 && IsTime(digits) ? groups : 0;
}

// Bytes of the UUID (8-4-4-4-12) that begins `text`, or 0.
size_t UuidBytes(std::string_view text) {
  constexpr size_t kBytes = 36;
  if (text.size() < kBytes || (text.size() > kBytes && IsHex(text[kBytes]))) return 0;
  for (size_t i = 0; i < kBytes; ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : !IsHex(text[i])) return 0;
  }
  return kBytes;
}

// Calls `take` with the place of every UUID, and of every run of letters and digits, that stands in
// no token that was taken before.
template <typename Take>
void ForEachToken(std::string_view text, Take take) {
  for (size_t at = 0; at < text.size();) {
    size_t bytes = at == 0 || !IsHex(text[at - 1]) ? UuidBytes(text.substr(at)) : 0;
    // A token begins where no letter or digit stands before; a UUID may begin inside one.
    if (bytes == 0 && (at == 0 || !IsAlphanumeric(text[at - 1]))) {
      while (at + bytes < text.size() && IsAlphanumeric(text[at + bytes])) ++bytes;
    }
    at += bytes > 0 && take(at, text.substr(at, bytes)) ? bytes : 1;
  }
}

std::string WithoutHyphens(std::string_view token) {
  std::string bare(token);
  std::erase(bare, '-');
  return bare;
}

constexpr size_t kTokenMin = 16;

// So many zeros in a row are drawn once in ten million ids.
constexpr std::string_view kPadding = "0000000";

bool HoldsPadding(std::string_view token) { return token.find(kPadding) != std::string_view::npos; }

size_t LettersIn(std::string_view token) {
  return static_cast<size_t>(std::count_if(token.begin(), token.end(), [](char c) {
    return absl::ascii_isalpha(static_cast<unsigned char>(c));
  }));
}

// Of 128 bits in hexadecimal. One UUID in 130,000 has a letter or none: its version and variant
// (RFC 9562) tell it from a number.
bool HasTwoLettersOrMarks(std::string_view hex) {
  constexpr std::string_view kVariants = "89abAB";
  return LettersIn(hex) >= 2 || (hex.size() == 32 && hex[12] >= '1' && hex[12] <= '8' &&
                                 kVariants.find(hex[16]) != std::string_view::npos);
}

bool IsUlid(std::string_view token) {
  constexpr std::string_view kNot = "ILOUilou";  // Crockford's base 32 leaves these out
  return token.size() == 26 && token[0] >= '0' && token[0] <= '7' &&
         token.find_first_of(kNot) == std::string_view::npos && LettersIn(token) >= 2 &&
         !HoldsPadding(token);
}

bool IsRandomHex(std::string_view token) {
  // Eight bytes are drawn, and stand behind zeros, where sixteen have to be shown.
  const bool padded = token.starts_with(kPadding);
  if (padded) {
    token.remove_prefix(std::min(token.find_first_not_of('0'), token.size()) / 8 * 8);
  }
  if (token.size() < kTokenMin || HoldsPadding(token)) return false;
  if ((padded || token.size() >= 32) && !HasTwoLettersOrMarks(token)) return false;
  size_t runs = 0, lower = 0, upper = 0;
  for (size_t i = 0; i < token.size(); ++i) {
    if (!IsHex(token[i])) return false;
    lower += absl::ascii_islower(static_cast<unsigned char>(token[i]));
    upper += absl::ascii_isupper(static_cast<unsigned char>(token[i]));
    runs += IsDigit(token[i]) && (i == 0 || !IsDigit(token[i - 1]));
  }
  // Eight bytes and their multiples, with room for a number of eleven digits at most.
  const size_t letters = lower + upper;
  const bool whole = token.size() % 8 == 0 && letters >= 5 && token.size() - letters <= 11;
  return (lower == 0) != (upper == 0) && (whole || runs >= 2);
}

bool IsRandom(std::string_view token) {
  if (token.find('-') == std::string_view::npos) return IsUlid(token) || IsRandomHex(token);
  const std::string hex = absl::AsciiStrToLower(WithoutHyphens(token));
  return HoldsPadding(hex) ? IsRandomHex(hex) : HasTwoLettersOrMarks(hex);
}

}  // namespace

int DigitValue(int32_t character) {
  if (character < 0x80) return character >= '0' && character <= '9' ? character - '0' : -1;
  const int32_t decimal = u_charDigitValue(character);
  if (decimal >= 0 || u_charType(character) != U_OTHER_NUMBER) return decimal;
  const double value = u_getNumericValue(character);
  return value >= 0 && value <= 9 && value == static_cast<int>(value) ? static_cast<int>(value)
                                                                      : -1;
}

bool IsDigitSeparator(int32_t character) {
  switch (character) {
    case '.':
    case '_':
    case ':':
    case '/':
    case ',':
    case '\t':
    case '\n':
    case 0x00B7:  // middle dots
    case 0x2022:
    case 0x30FB:
    case 0xFF65:
    case 0x2212:  // minus, and the long vowel mark that is typed for it
    case 0x30FC:
    case 0xFF70:
    case 0xFF0E:
    case 0xFF0F:
    case 0xFF0C:
    case 0xFF3F:
    case 0x3001:
    case 0x3002:
      return true;
    default:
      return (U_GET_GC_MASK(character) & (U_GC_ZS_MASK | U_GC_PD_MASK)) != 0;
  }
}

std::string AsciiDigits(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) {
    UChar32 c;
    U8_NEXT(text.data(), at, static_cast<int32_t>(text.size()), c);
    if (c >= 0 && c < 0x80) {
      folded += static_cast<char>(c);
    } else if (c >= 0x80 && DigitValue(c) >= 0) {
      folded += static_cast<char>('0' + DigitValue(c));
    } else {
      folded += c >= 0x80 && IsDigitSeparator(c) ? '-' : kRandom;
    }
  }
  return folded;
}

std::vector<DigitSequence> DigitSequences(std::string_view text) {
  std::vector<DigitSequence> sequences;
  size_t end = std::string_view::npos;  // of the last group
  for (size_t at = 0; at < text.size();) {
    if (!IsDigit(text[at])) {
      ++at;
      continue;
    }
    size_t behind = at;
    while (behind < text.size() && IsDigit(text[behind])) ++behind;
    const bool joined = !sequences.empty() && at == end + 1 && IsSeparator(text[end]);
    if (!joined) sequences.emplace_back();
    sequences.back().push_back(text.substr(at, behind - at));
    end = at = behind;
  }
  return sequences;
}

std::string Joined(std::span<const std::string_view> groups) {
  std::string digits;
  for (const std::string_view group : groups) digits += group;
  return digits;
}

size_t DateGroups(const DigitSequence& sequence, size_t at) {
  const std::span<const std::string_view> rest = std::span(sequence).subspan(at);
  size_t groups = 0;
  bool needs_time = false;
  if (IsDate(rest[0])) {
    groups = 1;
  } else if (rest.size() >= 2 && rest[0].size() == 4 && IsDate(Joined(rest.first(2)))) {
    groups = 2;
  } else if (rest.size() >= 3 && rest[0].size() == 4 && rest[1].size() == 2 &&
             IsDate(Joined(rest.first(3)))) {
    groups = 3;
  } else if (IsShortDate(rest[0])) {
    groups = 1;
    needs_time = true;
  }
  if (groups == 0) return 0;
  const size_t time = TimeGroups(sequence, at + groups);
  return needs_time && time == 0 ? 0 : groups + time;
}

bool IsMonthToSecond(std::string_view digits) {
  constexpr int kLeapYear = 2024;
  return digits.size() == 10 &&
         IsDay(kLeapYear, NumberOf(digits.substr(0, 2)), NumberOf(digits.substr(2, 2))) &&
         IsTime(digits.substr(4));
}

bool IsYearToSecond(std::string_view digits) {
  return digits.size() == 12 && IsShortDate(digits.substr(0, 6)) && IsTime(digits.substr(6));
}

std::string WithoutRandomTokens(std::string_view text) {
  std::string rest(text);
  if (text.size() < kTokenMin) return rest;
  ForEachToken(text, [&](size_t at, std::string_view token) {
    if (!IsRandom(token)) return false;
    rest.replace(at, token.size(), token.size(), kRandom);
    return true;
  });
  return rest;
}

std::vector<std::string> PaddedNumbers(std::string_view text) {
  std::vector<std::string> numbers;
  ForEachToken(text, [&](size_t, std::string_view token) {
    const std::string digits = WithoutHyphens(token);
    const bool outline = digits.size() == 32 || digits.size() == 26;
    if (!outline || !digits.starts_with(kPadding) ||
        !std::all_of(digits.begin(), digits.end(), IsDigit)) {
      return false;
    }
    numbers.push_back(digits.substr(std::min(digits.find_first_not_of('0'), digits.size())));
    return true;
  });
  return numbers;
}

}  // namespace switchboard

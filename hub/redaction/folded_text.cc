#include "hub/redaction/folded_text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "hub/base/digit_groups.h"
#include "hub/base/error.h"
#include "hub/redaction/escape.h"
#include "hub/redaction/loose_letter.h"
#include "hub/redaction/mark_text.h"

namespace switchboard::redaction {
namespace {

constexpr size_t kSeparatorsMax = 3;   // between two groups of one number
constexpr char32_t kOfMark = 0xFFFC;   // the object replacement character
constexpr size_t kHanNumeralsMin = 7;  // digits, of which a row with Han numerals is a number

const icu::Normalizer2& Nfkc() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  return *nfkc;
}

bool IsIgnored(UChar32 c) {
  return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

bool IsMark(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

// Marks on digits, signs and letters of most scripts are dress; in the scripts between Devanagari
// and Khmer they are vowels.
bool WearsMarks(char32_t base) { return base < 0x900 || base >= 0x1E00; }

// Belongs to the character before it.
bool Continues(UChar32 c) {
  return Nfkc().hasBoundaryBefore(c) == 0 || IsIgnored(c) || u_charType(c) == U_ENCLOSING_MARK;
}

bool IsBracket(char32_t c) { return c == U'(' || c == U')' || c == U'[' || c == U']'; }

// The digit that a numeral of Han is, -1 for none. A circle is a nought among others.
int HanNumeral(char32_t character) {
  constexpr std::u32string_view kNumerals[] = {
      U"〇零○◯", U"一壱壹幺弌", U"二弐貳贰貮", U"三参參叁叄", U"四肆",
      U"五伍",   U"六陸陆",     U"七漆柒質",   U"八捌",       U"九玖"};
  for (size_t value = 0; value < std::size(kNumerals); ++value) {
    if (kNumerals[value].find(character) != std::u32string_view::npos) {
      return static_cast<int>(value);
    }
  }
  return -1;
}

bool IsOfLatin(char32_t character) {
  UErrorCode error = U_ZERO_ERROR;
  return character < 0x80 ||
         uscript_getScript(static_cast<UChar32>(character), &error) == USCRIPT_LATIN;
}

}  // namespace

FoldedText::FoldedText(std::string_view typed) : typed_(typed) {
  Read();
  SeeThroughLookalikes();
  FindHanNumerals();
  digit_count_ = static_cast<size_t>(
      std::count_if(digits_.begin(), digits_.end(), [](int8_t digit) { return digit >= 0; }));
}

void FoldedText::Read() {
  plain_.reserve(typed_.size());
  loose_.reserve(typed_.size());
  for (size_t at = 0; at < typed_.size();) {
    if (!ReadMark(&at) && !ReadEscape(&at)) ReadSegment(&at);
  }
}

bool FoldedText::ReadMark(size_t* at) {
  const size_t bytes = BytesOfMark(typed_.substr(*at));
  for (size_t i = 0; i < bytes; ++i, ++*at) {
    Append(kOfMark, *at, *at + 1);
    in_mark_.back() = 1;
  }
  return bytes > 0;
}

bool FoldedText::ReadEscape(size_t* at) {
  const Escape escape = EscapeAt(typed_.substr(*at));
  if (escape.bytes == 0) return false;
  AppendFolded(std::u32string_view(&escape.character, 1), *at, *at + escape.bytes);
  *at += escape.bytes;
  return true;
}

void FoldedText::ReadSegment(size_t* at) {
  const auto is_ascii = [&](size_t i) { return static_cast<unsigned char>(typed_[i]) < 0x80; };
  const size_t begin = *at;
  if (is_ascii(begin) && (begin + 1 == typed_.size() || is_ascii(begin + 1))) {
    ++*at;
    return Append(static_cast<char32_t>(typed_[begin]), begin, *at);
  }
  std::u32string characters;
  auto end = static_cast<int32_t>(begin);
  while (end < static_cast<int32_t>(typed_.size())) {
    int32_t behind = end;
    UChar32 c;
    U8_NEXT(typed_.data(), behind, static_cast<int32_t>(typed_.size()), c);
    if (end > static_cast<int32_t>(begin) && !(c >= 0x80 && Continues(c))) break;
    characters += c < 0 ? U'\uFFFD' : static_cast<char32_t>(c);
    end = behind;
  }
  *at = static_cast<size_t>(end);
  AppendFolded(characters, begin, *at);
}

void FoldedText::AppendFolded(std::u32string_view typed, size_t begin, size_t end) {
  icu::UnicodeString seen;
  for (const char32_t c : typed) {
    if (!IsIgnored(static_cast<UChar32>(c))) seen.append(static_cast<UChar32>(c));
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString folded = Nfkc().normalize(seen, error);
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  char32_t base = plain_.empty() ? U' ' : plain_.back();
  bool appended = false;
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 c = folded.char32At(i);
    const bool has_base = appended || !plain_.empty();
    if (IsIgnored(c) || (IsMark(c) && has_base && WearsMarks(base))) continue;
    Append(static_cast<char32_t>(c), begin, end);
    base = static_cast<char32_t>(c);
    appended = true;
  }
  if (appended) return;
  // What is not seen goes with the character before it.
  if (plain_.empty()) return Append(U' ', begin, end);
  for (size_t i = plain_.size(); i > 0 && begin_bytes_[i - 1] == begin_bytes_.back(); --i) {
    end_bytes_[i - 1] = static_cast<uint32_t>(end);
  }
}

void FoldedText::Append(char32_t character, size_t begin, size_t end) {
  const int digit = DigitValue(static_cast<int32_t>(character));
  if (digit >= 0) character = U'0' + static_cast<char32_t>(digit);
  plain_ += character;
  loose_ += LooseLetter(character);
  digits_.push_back(static_cast<int8_t>(digit));
  const auto c = static_cast<UChar32>(character);
  if (character < 0x80) {
    const bool is_word = digit >= 0 || absl::ascii_isalpha(static_cast<unsigned char>(character));
    is_word_.push_back(is_word);
    separates_.push_back(!is_word && (character == U' ' || IsDigitSeparator(c) ||
                                      character == U'-' || IsBracket(character)));
  } else {
    is_word_.push_back((U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0);
    separates_.push_back(IsDigitSeparator(c));
  }
  in_mark_.push_back(0);
  begin_bytes_.push_back(static_cast<uint32_t>(begin));
  end_bytes_.push_back(static_cast<uint32_t>(end));
}

// A word in which Latin letters stand among others, or that could be one all through, is read as
// the eye reads it.
void FoldedText::SeeThroughLookalikes() {
  for (size_t begin = 0; begin < size();) {
    size_t end = begin;
    bool others = false, latin = false, all = true;
    while (end < size() && is_word_[end] != 0) {
      const char32_t c = plain_[end++];
      if (c < 0x80 || digits_[end - 1] >= 0) {
        latin = latin || (c >= U'A' && digits_[end - 1] < 0);
        continue;
      }
      const bool lookalike = LatinLookalike(c) != 0;
      others = others || lookalike;
      all = all && lookalike;
      latin = latin || IsOfLatin(c);
    }
    for (size_t i = begin; others && (latin || all) && i < end; ++i) {
      if (const char32_t letter = LatinLookalike(plain_[i]); letter != 0) loose_[i] = letter;
    }
    begin = std::max(end, begin + 1);
  }
}

void FoldedText::FindHanNumerals() {
  const auto value_of = [&](size_t i) {
    return digits_[i] >= 0 ? digits_[i] : plain_[i] < 0x80 ? -1 : HanNumeral(plain_[i]);
  };
  for (size_t begin = 0; begin < size(); ++begin) {
    if (value_of(begin) < 0) continue;
    size_t end = begin, values = 0, numerals = 0;
    for (size_t i = begin; i < size() && i - end <= kSeparatorsMax && in_mark_[i] == 0; ++i) {
      if (value_of(i) >= 0) {
        ++values;
        numerals += digits_[i] < 0;
        end = i + 1;
      } else if (is_word_[i] != 0 && separates_[i] == 0 && plain_[i] != U'の') {
        break;
      }
    }
    for (size_t i = begin; numerals > 0 && values >= kHanNumeralsMin && i < end; ++i) {
      if (digits_[i] < 0) digits_[i] = static_cast<int8_t>(value_of(i));
    }
    begin = end - 1;
  }
}

std::string_view FoldedText::Typed(size_t begin, size_t end) const {
  return typed_.substr(begin_bytes_[begin], end_bytes_[end - 1] - begin_bytes_[begin]);
}

std::string FoldedText::Plain(size_t begin, size_t end) const {
  return Utf8Of(plain().substr(begin, end - begin));
}

std::string FoldedText::Loose(size_t begin, size_t end) const {
  return Utf8Of(loose().substr(begin, end - begin));
}

std::string Utf8Of(std::u32string_view characters) {
  std::string text;
  for (const char32_t c : characters) {
    char bytes[U8_MAX_LENGTH];
    int32_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, static_cast<UChar32>(c));
    text.append(bytes, static_cast<size_t>(size));
  }
  return text;
}

}  // namespace switchboard::redaction

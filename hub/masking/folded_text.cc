#include "hub/masking/folded_text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "hub/masking/characters.h"

namespace switchboard::masking {
namespace {

// By the characters of Latin, Greek, Cyrillic and Armenian letters, which fold one by one.
constexpr size_t kTableSize = 0x590;
using Table = std::array<std::string, kTableSize>;

bool IsAccent(UChar32 c) { return c >= 0x300 && c < 0x370; }

// The modifier letters and quotation marks that people type for one.
bool IsApostrophe(UChar32 c) {
  return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x2BC || c == 0x2BB;
}

std::string FoldedByRule(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const auto* const fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  const auto* const apart = icu::Normalizer2::getNFDInstance(error);
  const auto* const whole = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return std::string(text);
  const icu::UnicodeString raw = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  const icu::UnicodeString letters = apart->normalize(fold->normalize(raw, error), error);
  icu::UnicodeString left;
  for (int32_t at = 0; at < letters.length();) {
    const UChar32 c = letters.char32At(at);
    at += U16_LENGTH(c);
    if (c == '.' || IsAccent(c) || IsApostrophe(c)) continue;
    const bool divides = u_charType(c) == U_DASH_PUNCTUATION || u_isUWhiteSpace(c) != 0;
    left.append(divides ? UChar32{' '} : c);
  }
  std::string folded;
  whole->normalize(left, error).toUTF8String(folded);
  return folded;
}

const Table& FoldedCharacters() {
  static const Table& table = *new Table([] {
    Table folded;
    for (UChar32 c = 0; c < static_cast<UChar32>(kTableSize); ++c) {
      std::string one;
      icu::UnicodeString(c).toUTF8String(one);
      folded[static_cast<size_t>(c)] = FoldedByRule(one);
    }
    return folded;
  }());
  return table;
}

void AddFolded(std::string_view piece, std::string* folded) {
  for (const char c : piece) {
    if (c != ' ' || (!folded->empty() && folded->back() != ' ')) *folded += c;
  }
}

}  // namespace

std::string Folded(std::string_view text) {
  const Table& table = FoldedCharacters();
  std::string folded;
  folded.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const char ascii = text[at];
    if ((ascii >= 'a' && ascii <= 'z') || (ascii >= '0' && ascii <= '9')) {
      folded += ascii;
      ++at;
      continue;
    }
    const UChar32 c = NextCharacter(text, &at);
    if (c < 0 || static_cast<size_t>(c) >= kTableSize) {
      folded.clear();
      AddFolded(FoldedByRule(text), &folded);
      break;
    }
    AddFolded(table[static_cast<size_t>(c)], &folded);
  }
  if (folded.ends_with(' ')) folded.pop_back();
  return folded;
}

}  // namespace switchboard::masking

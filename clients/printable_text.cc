#include "clients/printable_text.h"

#include <unicode/uchar.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "absl/strings/str_format.h"

namespace switchboard {
namespace {

bool MustBeEscaped(UChar32 character) {
  switch (u_charType(character)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_SURROGATE:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
      return true;
    default:
      return false;
  }
}

// `escape` gives what stands for a character, or for a byte that is no UTF-8 (as a negative
// number).
template <typename Escape>
std::string Escaped(std::string_view text, bool keep_line_ends, Escape escape) {
  std::string out;
  out.reserve(text.size());
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    const int32_t begin = i;
    UChar32 character = 0;
    U8_NEXT(text.data(), i, length, character);
    const std::string_view bytes = text.substr(begin, i - begin);
    if (character < 0) {
      for (const char byte : bytes) out += escape(-static_cast<int>(static_cast<uint8_t>(byte)));
    } else if ((character == '\n' && keep_line_ends) || !MustBeEscaped(character)) {
      out += bytes;
    } else {
      out += escape(character);
    }
  }
  return out;
}

std::string ForPeople(int character) {
  return character < 0 ? absl::StrFormat("\\x{%02X}", -character)
                       : absl::StrFormat("\\u{%04X}", character);
}

std::string ForJson(int character) {
  if (character < 0) character = 0xfffd;
  if (character <= 0xffff) return absl::StrFormat("\\u%04x", character);
  return absl::StrFormat("\\u%04x\\u%04x", static_cast<int>(U16_LEAD(character)),
                         static_cast<int>(U16_TRAIL(character)));
}

}  // namespace

std::string Printable(std::string_view text) { return Escaped(text, false, ForPeople); }

std::string PrintableLines(std::string_view text) { return Escaped(text, true, ForPeople); }

std::string PrintableJson(std::string_view json) { return Escaped(json, true, ForJson); }

}  // namespace switchboard

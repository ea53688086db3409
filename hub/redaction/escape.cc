#include "hub/redaction/escape.h"

#include <unicode/uchar.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <cstdint>
#include <string>
#include <utility>

namespace switchboard::redaction {
namespace {

constexpr size_t kDigitsMax = 8;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The number that `text` begins with, and its digits.
std::pair<uint32_t, size_t> NumberAt(std::string_view text, int base, size_t digits_max) {
  uint32_t number = 0;
  size_t digits = 0;
  while (digits < text.size() && digits < digits_max) {
    const int value = HexValue(text[digits]);
    if (value < 0 || value >= base) break;
    number = number * static_cast<uint32_t>(base) + static_cast<uint32_t>(value);
    ++digits;
  }
  return {number, digits};
}

bool IsCharacter(uint32_t value) {
  return value >= 0x20 && value <= 0x10FFFF && !U_IS_SURROGATE(value) &&
         u_charType(static_cast<UChar32>(value)) != U_CONTROL_CHAR;
}

Escape Made(uint32_t value, size_t bytes) {
  return IsCharacter(value) ? Escape{static_cast<char32_t>(value), bytes} : Escape{};
}

Escape NamedReference(std::string_view text) {
  static constexpr std::pair<std::string_view, char> kNames[] = {
      {"&nbsp;", ' '},   {"&commat;", '@'}, {"&period;", '.'}, {"&plus;", '+'}, {"&hyphen;", '-'},
      {"&lowbar;", '_'}, {"&lpar;", '('},   {"&rpar;", ')'},   {"&sol;", '/'},  {"&colon;", ':'},
  };
  for (const auto& [name, character] : kNames) {
    if (text.starts_with(name)) return {static_cast<char32_t>(character), name.size()};
  }
  return {};
}

Escape Reference(std::string_view text) {
  if (!text.starts_with("&#")) return NamedReference(text);
  const bool hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
  const size_t from = hex ? 3 : 2;
  const auto [value, digits] = NumberAt(text.substr(from), hex ? 16 : 10, kDigitsMax);
  if (digits == 0) return {};
  const size_t end = from + digits;
  return Made(value, end + (end < text.size() && text[end] == ';' ? 1 : 0));
}

Escape PercentEncoded(std::string_view text) {
  constexpr size_t kBytesMax = 4;  // of a character in UTF-8
  std::string bytes;
  for (size_t at = 0; bytes.size() < kBytesMax; at += 3) {
    if (at >= text.size() || text[at] != '%') break;
    const auto [value, digits] = NumberAt(text.substr(at + 1), 16, 2);
    if (digits != 2) break;
    bytes += static_cast<char>(value);
  }
  if (bytes.empty()) return {};
  int32_t at = 0;
  UChar32 c;
  U8_NEXT(bytes.data(), at, static_cast<int32_t>(bytes.size()), c);
  return c < 0 ? Escape{} : Made(static_cast<uint32_t>(c), 3 * static_cast<size_t>(at));
}

// "\u" and four digits, two of them for what lies beyond the first plane.
Escape Utf16(std::string_view text) {
  const auto [lead, digits] = NumberAt(text.substr(2), 16, 4);
  if (digits != 4) return {};
  if (!U16_IS_LEAD(lead)) return Made(lead, 6);
  const std::string_view rest = text.substr(6);
  if (!rest.starts_with("\\u")) return {};
  const auto [trail, trail_digits] = NumberAt(rest.substr(2), 16, 4);
  if (trail_digits != 4 || !U16_IS_TRAIL(trail)) return {};
  return Made(static_cast<uint32_t>(U16_GET_SUPPLEMENTARY(lead, trail)), 12);
}

Escape Backslash(std::string_view text) {
  if (text.starts_with("\\u{")) {
    const auto [value, digits] = NumberAt(text.substr(3), 16, kDigitsMax);
    const size_t end = 3 + digits;
    if (digits == 0 || end >= text.size() || text[end] != '}') return {};
    return Made(value, end + 1);
  }
  if (text.starts_with("\\u")) return Utf16(text);
  if (text.starts_with("\\x")) {
    const auto [value, digits] = NumberAt(text.substr(2), 16, 2);
    return digits == 2 ? Made(value, 4) : Escape{};
  }
  if (!text.starts_with("\\U")) return {};
  const auto [value, digits] = NumberAt(text.substr(2), 16, kDigitsMax);
  return digits == kDigitsMax ? Made(value, 2 + kDigitsMax) : Escape{};
}

}  // namespace

Escape EscapeAt(std::string_view text) {
  if (text.size() < 3) return {};
  switch (text[0]) {
    case '&':
      return Reference(text);
    case '%':
      return PercentEncoded(text);
    case '\\':
      return Backslash(text);
    default:
      return {};
  }
}

}  // namespace switchboard::redaction

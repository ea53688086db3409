#include "hub/masking/divider.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

#include "hub/masking/characters.h"

namespace switchboard::masking {
namespace {

bool Divides(UChar32 c) {
  switch (c) {
    case ',':
    case ';':
    case '/':
    case '\\':
    case ':':
    case '#':
    case '@':
    case '\n':
    case '\t':
    case 0x3001:  // ideographic comma and full stop
    case 0x3002:
    case 0x060C:
    case 0xFF0C:
    case 0xFF1B:
    case 0xFF0F:
    case 0xFF1A:
    case 0xFF03:
      return true;
    default:
      return (U_GET_GC_MASK(c) & (U_GC_PS_MASK | U_GC_PE_MASK)) != 0;
  }
}

bool IsBlank(UChar32 c) { return c >= 0 && (u_isUWhiteSpace(c) || c == '-'); }

}  // namespace

size_t FirstDivider(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t here = at;
    const UChar32 c = NextCharacter(text, &at);
    if (c >= 0 && Divides(c)) return here;
  }
  return text.size();
}

std::vector<std::string_view> PartsBetweenDividers(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t divider = FirstDivider(text);
    const auto part = WithoutTrailingBlanks(WithoutLeadingBlanks(text.substr(0, divider)));
    if (!part.empty()) parts.push_back(part);
    size_t behind = divider;
    if (behind < text.size()) NextCharacter(text, &behind);
    text.remove_prefix(behind);
  }
  return parts;
}

std::string_view WithoutLeadingBlanks(std::string_view text) {
  while (!text.empty()) {
    size_t behind = 0;
    if (!IsBlank(NextCharacter(text, &behind))) break;
    text.remove_prefix(behind);
  }
  return text;
}

std::string_view WithoutTrailingBlanks(std::string_view text) {
  while (!text.empty()) {
    auto before = static_cast<int32_t>(text.size());
    UChar32 c;
    U8_PREV(text.data(), 0, before, c);
    if (!IsBlank(c)) break;
    text = text.substr(0, static_cast<size_t>(before));
  }
  return text;
}

}  // namespace switchboard::masking

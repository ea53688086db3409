#include "hub/masking/address_part.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hub/masking/characters.h"
#include "hub/masking/house_number.h"
#include "hub/masking/municipality.h"
#include "hub/masking/region_name.h"
#include "hub/masking/street.h"

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

// Where the first divider stands; the size of `text` when there is none.
size_t FirstDivider(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t here = at;
    const UChar32 c = NextCharacter(text, &at);
    if (c >= 0 && Divides(c)) return here;
  }
  return text.size();
}

std::string_view WithoutTrailingBlanks(std::string_view text) {
  while (!text.empty()) {
    auto before = static_cast<int32_t>(text.size());
    UChar32 c;
    U8_PREV(text.data(), 0, before, c);
    if (c < 0 || (!u_isUWhiteSpace(c) && c != '-')) break;
    text = text.substr(0, static_cast<size_t>(before));
  }
  return text;
}

// The first `end` bytes, up to the first divider. Nothing when a number begins in that.
std::string_view WithoutFinerParts(std::string_view text, size_t end, std::string_view country) {
  const size_t divider = FirstDivider(text.substr(0, end));
  // By the whole text: what looks like the name 八番町 may be cut from 八番町田荘.
  if (FirstNumber(text, country) < divider) return {};
  return divider < end ? WithoutTrailingBlanks(text.substr(0, divider)) : text.substr(0, end);
}

// Whether the country's own writing tells where a region or a municipality ends.
bool HasEndings(std::string_view text, std::string_view country) {
  return (country == "JP" || country == "CN" || country == "TW" || country == "KR") &&
         HoldsEastAsian(text);
}

}  // namespace

std::string_view RegionPart(std::string_view region, std::string_view country) {
  const bool ends = HasEndings(region, country);
  const size_t end = ends ? EndOfRegion(region, country) : region.size();
  return WithoutFinerParts(region, end, country);
}

std::string_view CityPart(std::string_view city, std::string_view country) {
  const bool ends = HasEndings(city, country);
  const size_t end = ends ? EndOfMunicipality(city, country) : city.size();
  return WithoutFinerParts(city, end, country);
}

std::string_view DistrictPart(std::string_view district, std::string_view country) {
  const std::string_view undivided = district.substr(0, FirstDivider(district));
  const size_t number = FirstNumber(undivided, country);
  const std::string_view part = WithoutStreet(undivided, number, country);
  return part.size() < district.size() ? WithoutTrailingBlanks(part) : part;
}

}  // namespace switchboard::masking

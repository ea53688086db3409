#include "hub/masking/address_part.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace switchboard::masking {
namespace {

// The character at *at, moving *at behind it; negative when the text is not UTF-8.
UChar32 NextCharacter(std::string_view text, size_t* at) {
  auto here = static_cast<int32_t>(*at);
  UChar32 c;
  U8_NEXT(text.data(), here, static_cast<int32_t>(text.size()), c);
  *at = static_cast<size_t>(here);
  return c;
}

bool IsIdeograph(UChar32 c) { return c >= 0x4E00 && c <= 0x9FFF; }

bool IsNumber(UChar32 c) { return c < 0 || (U_GET_GC_MASK(c) & U_GC_N_MASK) != 0; }

// Ideographs have the category of letters, also those that are numbers: 三重県 and 四日市市 are no
// house numbers.
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

// Up to the first divider. Nothing when a number stands before that.
std::string_view WithoutFinerParts(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t here = at;
    const UChar32 c = NextCharacter(text, &at);
    if (IsIdeograph(c)) continue;
    if (IsNumber(c)) return {};
    if (Divides(c)) return WithoutTrailingBlanks(text.substr(0, here));
  }
  return text;
}

using Words = std::initializer_list<std::string_view>;

// Bytes of the word that `text` begins with, or 0.
size_t BeginsWith(std::string_view text, Words words) {
  for (const std::string_view word : words) {
    if (text.starts_with(word)) return word.size();
  }
  return 0;
}

// Bytes up to the end of the first of `ends` that has at least `least` characters before it, a
// second one behind it included (四日市市, 大町町). 0 when there is none.
size_t EndOfFirst(std::string_view text, Words ends, size_t least) {
  size_t from = 0;
  for (size_t i = 0; i < least && from < text.size(); ++i) NextCharacter(text, &from);
  size_t first = std::string_view::npos;
  size_t end = 0;
  for (const std::string_view word : ends) {
    const size_t at = text.find(word, from);
    if (at >= first) continue;
    first = at;
    end = at + word.size();
  }
  return end > 0 ? end + BeginsWith(text.substr(end), ends) : 0;
}

// Bytes of a municipality of Japan: …郡…町 or …郡…村, …市, …区, …町, …村; 0 when it is none.
size_t EndOfMunicipality(std::string_view text) {
  // Names that hold the character that ends another rank.
  if (const size_t odd = BeginsWith(text, {"大和郡山市", "小郡市", "蒲郡市", "余市町"})) return odd;
  const size_t city = EndOfFirst(text, {"市"}, 1);
  const size_t ward = EndOfFirst(text, {"区"}, 1);
  const size_t county = EndOfFirst(text, {"郡"}, 1);
  const std::string_view kCounty = "郡";
  if (county > 0 && (city == 0 || county <= city + kCounty.size())) {
    return county + EndOfFirst(text.substr(county), {"町", "村"}, 1);
  }
  if (city > 0 && (ward == 0 || city < ward)) return city;
  return ward > 0 ? ward : EndOfFirst(text, {"町", "村"}, 1);
}

// Texts in another script have no such end, and are left whole.
std::string_view UpTo(std::string_view text, size_t end) {
  return end > 0 ? text.substr(0, end) : text;
}

std::string_view JapaneseCity(std::string_view text) {
  const std::string_view municipality = UpTo(text, EndOfMunicipality(text));
  if (!municipality.ends_with("市")) return municipality;
  // Wards of cities have at most four characters before their end: 青葉区, 安佐南区.
  constexpr size_t kWardBytesMax = 15;
  const size_t ward = EndOfFirst(text.substr(municipality.size()), {"区"}, 1);
  return text.substr(0, municipality.size() + (ward <= kWardBytesMax ? ward : 0));
}

std::string_view JapaneseRegion(std::string_view text) {
  if (const size_t end = BeginsWith(text, {"東京都", "北海道", "京都府", "大阪府"})) {
    return text.substr(0, end);
  }
  return UpTo(text, EndOfFirst(text, {"県"}, 2));
}

std::string_view OwnRegion(std::string_view text, std::string_view country) {
  if (country == "JP") return JapaneseRegion(text);
  if (country == "CN") {
    return UpTo(text, EndOfFirst(text, {"自治区", "特别行政区", "省", "市"}, 2));
  }
  if (country == "TW") return UpTo(text, EndOfFirst(text, {"市", "縣", "县"}, 2));
  if (country == "KR") {
    return UpTo(text, EndOfFirst(text, {"특별자치시", "특별자치도", "특별시", "광역시", "도"}, 2));
  }
  return text;
}

}  // namespace

std::string_view RegionPart(std::string_view region, std::string_view country) {
  return WithoutFinerParts(OwnRegion(region, country));
}

std::string_view CityPart(std::string_view city, std::string_view country) {
  return WithoutFinerParts(country == "JP" ? JapaneseCity(city) : city);
}

std::string_view DistrictPart(std::string_view district) {
  for (size_t at = 0; at < district.size();) {
    const size_t here = at;
    const UChar32 c = NextCharacter(district, &at);
    if (IsNumber(c) || Divides(c)) return WithoutTrailingBlanks(district.substr(0, here));
  }
  return district;
}

}  // namespace switchboard::masking

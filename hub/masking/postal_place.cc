#include "hub/masking/postal_place.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "hub/masking/address_part.h"
#include "hub/masking/characters.h"
#include "hub/masking/divider.h"
#include "hub/masking/folded_text.h"
#include "hub/masking/place_name.h"
#include "hub/masking/place_table.h"
#include "hub/masking/worded_region.h"

namespace switchboard::masking {
namespace {

// The texts of an address, from the coarsest.
enum Field : size_t { kRegion, kCity, kDistrict, kStreet, kFields };
using Texts = std::array<std::string_view, kFields>;

struct Found {
  RegionName region;
  size_t field = kFields;   // whose text names it; kFields: none, the postal code does
  std::string_view behind;  // in East Asian writing what follows it there
  bool sure = false;        // no street and no city is called so
  bool doubted = false;     // the postal code names another
};

FirstPart FirstPartOf(size_t field) {
  if (field == kRegion) return FirstPart::kMayBeRegion;
  return field == kCity ? FirstPart::kMayEndInCode : FirstPart::kTellsNone;
}

// 〒150-0041 before the region.
std::string_view WithoutLeadingCode(std::string_view text) {
  for (size_t behind = 0; !text.empty(); behind = 0) {
    const UChar32 c = NextCharacter(text, &behind);
    constexpr UChar32 kPostalMark = 0x3012;
    if (c < 0 || (c != kPostalMark && c != '-' && !u_isdigit(c) && !u_isUWhiteSpace(c))) break;
    text.remove_prefix(behind);
  }
  return text;
}

Found RegionInTexts(const CountryPlaces& places, const v1::Address& address, const Texts& texts) {
  for (size_t field = kRegion; field < kFields; ++field) {
    Found found;
    found.field = field;
    if (field == kRegion && (found.region = places.Region(texts[field])).region > 0) {
      found.sure = true;
    } else if (HoldsEastAsian(texts[field])) {
      const std::string_view text = WithoutLeadingCode(texts[field]);
      found.region = places.RegionAtBegin(text);
      found.behind = WithoutLeadingBlanks(text.substr(found.region.text.size()));
      found.sure = true;
    } else {
      found.region = RegionInWords(places, address.country(), texts[field], address.postal_code(),
                                   FirstPartOf(field));
      found.sure = field == kRegion;
    }
    if (found.region.region > 0) return found;
  }
  return {};
}

Found RegionOf(const CountryPlaces& places, const v1::Address& address, const Texts& texts) {
  Found found = RegionInTexts(places, address, texts);
  const RegionName postal = places.RegionOfPostalCode(address.postal_code());
  if (postal.region == 0 || postal.region == found.region.region) return found;
  if (!found.sure) {
    found = Found();
    found.region = postal;
  }
  found.doubted = found.sure;
  return found;
}

// Municipalities of the rank of a province are their own city.
bool IsCityItself(const RegionName& region, std::string_view country) {
  return (country == "CN" || country == "TW") && region.text.ends_with("市");
}

// The city that `text`, behind its region, begins with.
std::string_view CityBehind(const CountryPlaces& places, const Found& found, std::string_view text,
                            std::string_view country) {
  if (const auto city = places.CityAtBegin(found.region.region, text); !city.empty()) return city;
  if (found.doubted) return {};
  const std::string_view city = CityPart(text, country);
  // The table has all of China's districts; what else ends so is a development zone or a part of a
  // town, which the grammar cannot tell from one.
  return country == "CN" && city.ends_with("区") ? std::string_view() : city;
}

// Where the writing tells how far a municipality goes.
std::string_view CityByEnding(const CountryPlaces& places, const Found& found, const Texts& texts,
                              std::string_view country) {
  std::string_view own = WithoutLeadingCode(texts[kCity]);
  const RegionName again = places.RegionAtBegin(own);
  if (again.region > 0 && again.region == found.region.region) {
    if (IsCityItself(again, country)) return again.text;
    own = WithoutLeadingBlanks(own.substr(again.text.size()));
  }
  if (!own.empty()) {
    if (const auto city = CityBehind(places, found, own, country); !city.empty()) return city;
  }
  if (!found.behind.empty()) {
    if (IsCityItself(found.region, country)) return found.region.text;
    return CityBehind(places, found, found.behind, country);
  }
  // Finer fields begin with a city where the city's own says nothing.
  if (!own.empty() || found.region.region == 0) return {};
  for (const Field field : {kDistrict, kStreet}) {
    const auto city = places.CityAtBegin(found.region.region, texts[field]);
    if (!city.empty()) return city;
  }
  return {};
}

// The number of a house alone, as in "Mayor, 5" and "Mayor, 12B", which is a street.
bool IsHouseNumber(std::string_view part) {
  constexpr size_t kBytesMax = 5;
  constexpr std::ptrdiff_t kDigitsMax = 3;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return part.size() <= kBytesMax && is_digit(part[0]) &&
         std::count_if(part.begin(), part.end(), is_digit) <= kDigitsMax;
}

// What a city of Korea is divided into: 동, 리, 읍, 면.
bool IsPartOfCity(std::string_view text, std::string_view country) {
  return country == "KR" && EndsWith(Folded(text), {" dong", " ri", " eup", " myeon"});
}

// Where nothing but the field and the words tell it.
std::string_view CityInWords(const CountryPlaces* places, const Found& found, const Texts& texts,
                             std::string_view country) {
  const std::vector<std::string_view> parts = PartsBetweenDividers(texts[kCity]);
  if (parts.empty() || found.doubted || (parts.size() > 1 && IsHouseNumber(parts[1]))) return {};
  const std::string_view city = parts.front();
  if (!IsPlainPlaceName(city, country) || IsPartOfCity(city, country)) return {};
  if (places != nullptr && HoldsRegionBehindWords(*places, city)) return {};
  const bool is_finer = StreetHolds(texts[kStreet], city, country) ||
                        (!texts[kDistrict].empty() && Folded(texts[kDistrict]) == Folded(city));
  return is_finer ? std::string_view() : city;
}

std::string_view DistrictOf(const v1::Address& address) {
  const std::string_view country = address.country();
  const std::string_view text = address.district();
  if (text.empty()) return {};
  if (HasEndings(text, country)) return DistrictPart(text, country);
  const std::vector<std::string_view> parts = PartsBetweenDividers(text);
  if (parts.empty()) return {};
  // Towns and blocks of Japan are numbered: "Jinnan 1".
  const std::string_view part =
      country == "JP" ? DistrictPart(parts.front(), country) : parts.front();
  const bool plain =
      IsPlainPlaceName(part, country) && !StreetHolds(address.street(), part, country);
  return plain ? part : std::string_view();
}

}  // namespace

Place PlaceOf(const v1::Address& address) {
  Place place = PlaceWithoutDistrict(address);
  place.district = DistrictOf(address);
  return place;
}

Place PlaceWithoutDistrict(const v1::Address& address) {
  const std::string_view country = address.country();
  const CountryPlaces* const places = PlacesOf(country);
  Found found;
  const Texts texts = {address.region(), address.city(), address.district(), address.street()};
  if (places != nullptr) {
    // Most addresses are a row of the table.
    const RegionName region = places->Region(texts[kRegion]);
    if (region.region > 0) {
      const std::string_view city = places->City(region.region, texts[kCity]);
      if (!city.empty()) return {region.text, city, {}};
    }
    found = RegionOf(*places, address, texts);
  }
  const bool by_ending =
      places != nullptr && (texts[kCity].empty() || HasEndings(texts[kCity], country));
  return {found.region.text,
          by_ending ? CityByEnding(*places, found, texts, country)
                    : CityInWords(places, found, texts, country),
          {}};
}

}  // namespace switchboard::masking

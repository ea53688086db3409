#include "hub/masking/address_part.h"

#include "hub/masking/characters.h"
#include "hub/masking/divider.h"
#include "hub/masking/house_number.h"
#include "hub/masking/municipality.h"
#include "hub/masking/street.h"

namespace switchboard::masking {

bool HasEndings(std::string_view text, std::string_view country) {
  return (country == "JP" || country == "CN" || country == "TW" || country == "KR") &&
         HoldsEastAsian(text);
}

std::string_view CityPart(std::string_view city, std::string_view country) {
  const std::string_view part = city.substr(0, EndOfMunicipality(city, country));
  const size_t divider = FirstDivider(part);
  // By the whole text: what looks like the name 八番町 may be cut from 八番町田荘.
  if (FirstNumber(city, country) < divider) return {};
  return divider < part.size() ? WithoutTrailingBlanks(part.substr(0, divider)) : part;
}

std::string_view DistrictPart(std::string_view district, std::string_view country) {
  const std::string_view undivided = district.substr(0, FirstDivider(district));
  const size_t number = FirstNumber(undivided, country);
  const std::string_view part = WithoutStreet(undivided, number, country);
  return part.size() < district.size() ? WithoutTrailingBlanks(part) : part;
}

}  // namespace switchboard::masking

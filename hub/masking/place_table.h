#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace switchboard::masking {

// The tables of places that are compiled in (data/places.csv, NOTICE says whose they are): regions
// of almost every country, in its own writing and in English, and the municipalities of Japan and
// China that the national lists name. Immutable; threads share them. The views that they give are
// good for ever.

// A region in one of its spellings.
struct RegionName {
  int region = 0;         // which one, counted from 1 over all countries; 0: none
  std::string_view text;  // in the table
};

// The places of one country.
class CountryPlaces {
 public:
  // The region whose spelling `text` is, byte for byte.
  RegionName Region(std::string_view text) const;
  // The same, or as far as spellings are told apart by people (folded_text.h).
  RegionName RegionLike(std::string_view text) const;
  // The region whose spelling `text` begins with, the longest. In Japan, China, Taiwan and Korea
  // what ends as regions there do (東京都, 广东省), or where the word ends: 東京 of "東京 渋谷区",
  // nothing of 京都市左京区.
  RegionName RegionAtBegin(std::string_view text) const;
  // Japan: by the first three digits. United States: by the first three of five. Canada: by the
  // first letter. None for codes that the table does not have, or that two regions share.
  RegionName RegionOfPostalCode(std::string_view postal_code) const;

  // The city, as the table spells it, that `text` is or begins with (the longest), byte for byte;
  // empty when it is none of that region. Region 0: of any.
  std::string_view City(int region, std::string_view text) const;
  std::string_view CityAtBegin(int region, std::string_view text) const;

 private:
  friend class PlaceTables;
  void AddRegion(int region, std::string_view code, std::string_view names);
  void AddName(int region, std::string_view name);
  void AddCity(int region, std::string_view name);
  void AddPostalCodes(int region, std::string_view name, std::string_view ranges);

  bool names_run_on_ = false;  // no blank and no ending stands behind a region
  absl::flat_hash_map<std::string_view, int> regions_;
  absl::flat_hash_map<std::string, RegionName> folded_;
  absl::flat_hash_map<std::string, RegionName> postal_;  // by the first characters of codes
  absl::flat_hash_map<std::pair<int, std::string_view>, std::string_view> cities_;
  std::vector<size_t> region_bytes_, city_bytes_;  // the lengths there are, from the longest
};

// Null for a country (ISO 3166-1 alpha-2) that the tables do not have. Of such a country nothing is
// shown as a region.
const CountryPlaces* PlacesOf(std::string_view country);

// Whether `text` is, byte for byte, a spelling of a region, or of a city of any region, that the
// tables hold of the country. Every region that PlaceOf (postal_place.h) gives is one; a city may
// also be one that only the country's grammar knows.
bool IsRegionOf(std::string_view country, std::string_view text);
bool IsCityOf(std::string_view country, std::string_view text);

}  // namespace switchboard::masking

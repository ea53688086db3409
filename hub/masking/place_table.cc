#include "hub/masking/place_table.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>

#include "hub/masking/characters.h"
#include "hub/masking/folded_text.h"

namespace switchboard::masking {
namespace {

using std::string_view_literals::operator""sv;

struct Row {
  std::string_view country;
  std::string_view code;    // of ISO 3166-2, behind the country's; empty where it has none
  std::string_view names;   // '/' between them
  std::string_view cities;  // likewise
  std::string_view postal;  // begins of codes, or ranges of such, blanks between them
};

// One for each region, those of a country together.
constexpr Row kRows[] = {
#include "place_rows.inc"
};

constexpr size_t kLetters = 26;

// Which of the 26 * 26 possible ones a country is; their number when it is none.
size_t IndexOf(std::string_view country) {
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (country.size() != 2 || !is_letter(country[0]) || !is_letter(country[1])) {
    return kLetters * kLetters;
  }
  return static_cast<size_t>(country[0] - 'A') * kLetters + static_cast<size_t>(country[1] - 'A');
}

template <typename Take>
void ForEachPart(std::string_view list, char divider, Take take) {
  for (size_t from = 0; from < list.size();) {
    const size_t to = std::min(list.find(divider, from), list.size());
    take(list.substr(from, to - from));
    from = to + 1;
  }
}

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// True if `name` ends as regions do, so that anything may follow. Two characters are a name alone:
// 京都.
bool EndsAsRegions(std::string_view name) {
  constexpr size_t kShortBytes = 6;
  return name.size() > kShortBytes &&
         EndsWith(name, {"都", "道", "府", "県", "縣", "县", "省", "市", "区", "區", "시", "도"});
}

bool WordEndsBefore(std::string_view text) {
  size_t at = 0;
  return text.empty() || u_isalnum(NextCharacter(text, &at)) == 0;
}

void SortLengths(std::vector<size_t>* lengths) {
  std::sort(lengths->begin(), lengths->end(), std::greater<>());
  lengths->erase(std::unique(lengths->begin(), lengths->end()), lengths->end());
}

}  // namespace

class PlaceTables {
 public:
  PlaceTables() {
    int region = 0;
    for (const Row& row : kRows) {
      auto& country = countries_.at(IndexOf(row.country));
      if (country == nullptr) {
        country = std::make_unique<CountryPlaces>();
        country->names_run_on_ = row.country == "HK" || row.country == "MO";
      }
      Add(++region, row, country.get());
    }
    for (const auto& country : countries_) {
      if (country == nullptr) continue;
      SortLengths(&country->region_bytes_);
      SortLengths(&country->city_bytes_);
    }
  }

  const CountryPlaces* Find(std::string_view country) const {
    const size_t index = IndexOf(country);
    return index < countries_.size() ? countries_[index].get() : nullptr;
  }

 private:
  static void Add(int region, const Row& row, CountryPlaces* country) {
    country->AddRegion(region, row.code, row.names);
    ForEachPart(row.cities, '/', [&](std::string_view name) { country->AddCity(region, name); });
    const std::string_view first = row.names.substr(0, row.names.find('/'));
    country->AddPostalCodes(region, first, row.postal);
  }

  std::array<std::unique_ptr<CountryPlaces>, kLetters * kLetters> countries_;
};

void CountryPlaces::AddRegion(int region, std::string_view code, std::string_view names) {
  ForEachPart(names, '/', [&](std::string_view name) { AddName(region, name); });
  // Numbers are no names, and a single letter is a word before it is a code.
  const bool has_digit = std::any_of(code.begin(), code.end(), [](char c) { return c <= '9'; });
  if (code.size() > 1 && !has_digit) AddName(region, code);
}

void CountryPlaces::AddName(int region, std::string_view name) {
  regions_.emplace(name, region);
  folded_.emplace(Folded(name), RegionName{region, name});
  region_bytes_.push_back(name.size());
}

void CountryPlaces::AddCity(int region, std::string_view name) {
  cities_.emplace(std::pair(region, name), name);
  cities_.emplace(std::pair(0, name), name);
  city_bytes_.push_back(name.size());
}

void CountryPlaces::AddPostalCodes(int region, std::string_view name, std::string_view ranges) {
  ForEachPart(ranges, ' ', [&](std::string_view range) {
    const std::string first(range.substr(0, range.find('-')));
    const std::string last(range.substr(range.find('-') + 1));  // the whole of "K"
    if (!IsDigits(first)) {
      postal_.emplace(first, RegionName{region, name});
      return;
    }
    for (int code = std::stoi(first); code <= std::stoi(last); ++code) {
      std::string prefix = std::to_string(code);
      prefix.insert(0, first.size() - prefix.size(), '0');
      postal_.emplace(prefix, RegionName{region, name});
    }
  });
}

RegionName CountryPlaces::Region(std::string_view text) const {
  const auto found = regions_.find(text);
  return found == regions_.end() ? RegionName() : RegionName{found->second, found->first};
}

RegionName CountryPlaces::RegionLike(std::string_view text) const {
  if (const RegionName region = Region(text); region.region > 0) return region;
  if (text.empty()) return {};
  const auto found = folded_.find(Folded(text));
  return found == folded_.end() ? RegionName() : found->second;
}

RegionName CountryPlaces::RegionAtBegin(std::string_view text) const {
  for (const size_t bytes : region_bytes_) {
    if (bytes > text.size()) continue;
    const RegionName region = Region(text.substr(0, bytes));
    if (region.region == 0) continue;
    if (names_run_on_ || EndsAsRegions(region.text) || WordEndsBefore(text.substr(bytes))) {
      return region;
    }
  }
  return {};
}

RegionName CountryPlaces::RegionOfPostalCode(std::string_view postal_code) const {
  if (postal_.empty()) return {};
  if (postal_code.starts_with("〒")) postal_code.remove_prefix(std::string_view("〒").size());
  constexpr size_t kBytesMax = 3;
  for (size_t bytes = std::min(postal_code.size(), kBytesMax); bytes > 0; --bytes) {
    const auto found = postal_.find(std::string(postal_code.substr(0, bytes)));
    if (found != postal_.end()) return found->second;
  }
  return {};
}

std::string_view CountryPlaces::City(int region, std::string_view text) const {
  const auto found = cities_.find(std::pair(region, text));
  return found == cities_.end() ? std::string_view() : found->second;
}

std::string_view CountryPlaces::CityAtBegin(int region, std::string_view text) const {
  for (const size_t bytes : city_bytes_) {
    if (bytes > text.size()) continue;
    if (const auto city = City(region, text.substr(0, bytes)); !city.empty()) return city;
  }
  return {};
}

const CountryPlaces* PlacesOf(std::string_view country) {
  static const PlaceTables& tables = *new PlaceTables();
  return tables.Find(country);
}

bool IsRegionOf(std::string_view country, std::string_view text) {
  const CountryPlaces* const places = PlacesOf(country);
  return places != nullptr && places->Region(text).region > 0;
}

bool IsCityOf(std::string_view country, std::string_view text) {
  const CountryPlaces* const places = PlacesOf(country);
  return places != nullptr && !places->City(0, text).empty();
}

}  // namespace switchboard::masking

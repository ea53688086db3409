// Real addresses that belong to nobody: those that the demo ships, and where SWITCHBOARD_DATA names
// a folder with the whole lists, or one is beside the checkout (pii/addresses, pii/labelled,
// pii/identities), all of them.

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "hub/masking/place_table.h"
#include "hub/masking/postal_place.h"

namespace switchboard::masking {
namespace {

// Where SWITCHBOARD_DATA says, or beside the checkout. Empty without the whole lists.
std::string WholeLists() {
  if (const char* const folder = std::getenv("SWITCHBOARD_DATA")) return folder;
  const std::string beside = "../shared/data";
  return std::filesystem::exists(beside + "/pii/addresses") ? beside : "";
}

void ForEachLine(const std::string& path, const std::function<void(std::string)>& take) {
  gzFile file = gzopen(path.c_str(), "rb");
  ASSERT_NE(file, nullptr) << path;
  std::string line;
  for (int c = gzgetc(file); c >= 0; c = gzgetc(file)) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    take(line);
    line.clear();
  }
  gzclose(file);
}

using Cells = std::map<std::string, std::string>;

// Cells by their column. Quoted ones may hold commas.
void ForEachRow(const std::string& path, const std::function<void(const Cells&)>& take) {
  std::vector<std::string> columns;
  ForEachLine(path, [&](const std::string& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.emplace_back();
      } else if (c != '\r') {
        cells.back() += c;
      }
    }
    if (columns.empty()) {
      columns = cells;
      return;
    }
    ASSERT_EQ(cells.size(), columns.size()) << path;
    Cells row;
    for (size_t i = 0; i < cells.size(); ++i) row[columns[i]] = cells[i];
    take(row);
  });
}

struct Real {
  std::string postal_code, region, city, district, street;
};

std::vector<Real> RealOf(const std::string& shipped, const std::string& listed,
                         const std::function<Real(const Cells&)>& make) {
  const std::string lists = WholeLists();
  const bool whole = !lists.empty();
  std::vector<Real> all;
  ForEachRow(whole ? lists + "/pii/addresses/" + listed : "clients/demo/data/" + shipped,
             [&](const Cells& cells) {
               const auto cell = [&](const char* name) {
                 const auto found = cells.find(name);
                 return found == cells.end() ? "" : found->second;
               };
               all.push_back(whole ? make(cells)
                                   : Real{cell("postal_code"), cell("region"), cell("city"),
                                          cell("district"), cell("street")});
             });
  EXPECT_GT(all.size(), 1000u);
  return all;
}

v1::Address AddressOf(const std::string& country, const std::string& region,
                      const std::string& city, const std::string& street = "") {
  v1::Address address;
  address.set_country(country);
  address.set_region(region);
  address.set_city(city);
  address.set_street(street);
  return address;
}

// How many of some addresses a mask showed otherwise than it may, with the first ones of them.
struct Count {
  void Add(bool is_one, const std::string& which) {
    if (!is_one) return;
    if (++count <= 5) examples += "\n  " + which;
  }
  int count = 0;
  std::string examples;
};

std::string Joined(const Place& place) {
  return std::string(place.region) + "|" + std::string(place.city);
}

TEST(PostalPlaceData, Japan) {
  const std::vector<Real> all =
      RealOf("addresses_jp.csv.gz", "jp_ken_all_utf8.csv.gz", [](const Cells& cells) {
        return Real{cells.at("zip7"), cells.at("pref"), cells.at("city"), cells.at("town"), ""};
      });
  Count own, in_region, numberless, in_city, in_city_alone, in_street;
  for (const Real& real : all) {
    const std::string rest = real.city + real.district + "1-2-3";
    const std::string wanted = real.region + "|" + real.city;
    const auto add = [&](const v1::Address& address, const std::string& shown, Count* count) {
      const std::string found = Joined(PlaceOf(address));
      count->Add(found != shown, real.region + rest + " -> " + found);
    };
    add(AddressOf("JP", real.region, real.city), wanted, &own);
    add(AddressOf("JP", real.region + rest, ""), wanted, &in_region);
    add(AddressOf("JP", real.region + real.city + real.district, ""), wanted, &numberless);
    add(AddressOf("JP", "", real.region + rest), wanted, &in_city);
    add(AddressOf("JP", real.region, rest), wanted, &in_city_alone);
    add(AddressOf("JP", "", "", real.region + rest), wanted, &in_street);
  }
  EXPECT_EQ(own.count, 0) << own.examples;
  EXPECT_EQ(in_region.count, 0) << in_region.examples;
  EXPECT_EQ(numberless.count, 0) << numberless.examples;
  EXPECT_EQ(in_city.count, 0) << in_city.examples;
  EXPECT_EQ(in_city_alone.count, 0) << in_city_alone.examples;
  EXPECT_EQ(in_street.count, 0) << in_street.examples;
}

TEST(PostalPlaceData, China) {
  const std::vector<Real> all =
      RealOf("addresses_cn.csv.gz", "cn_divisions_to_street.csv.gz", [](const Cells& cells) {
        const std::string& city = cells.at("city");
        // What stands for no city in the list: the counties of a municipality, and those that a
        // province governs itself.
        const bool none = city == "市辖区" || city == "县" || city.find("直辖") != city.npos;
        return Real{"", cells.at("province"), none ? cells.at("province") : city,
                    cells.at("county") + cells.at("street"), ""};
      });
  Count own, in_region, numberless, in_city;
  for (const Real& real : all) {
    const bool municipality = real.region.ends_with("市");
    const bool has_city = real.city != real.region || municipality;
    const std::string wanted = real.region + "|" + real.city;
    const auto add = [&](const v1::Address& address, Count* count) {
      const Place place = PlaceOf(address);
      const bool right = has_city
                             ? Joined(place) == wanted
                             : place.region == real.region && real.district.starts_with(place.city);
      count->Add(!right, wanted + real.district + " -> " + Joined(place));
    };
    const std::string city = has_city && !municipality ? real.city : "";
    add(AddressOf("CN", real.region, real.city), &own);
    add(AddressOf("CN", real.region + city + real.district + "88号", ""), &in_region);
    add(AddressOf("CN", real.region + city + real.district, ""), &numberless);
    add(AddressOf("CN", real.region, (has_city ? real.city : "") + real.district), &in_city);
  }
  EXPECT_EQ(own.count, 0) << own.examples;
  EXPECT_EQ(in_region.count, 0) << in_region.examples;
  EXPECT_EQ(numberless.count, 0) << numberless.examples;
  EXPECT_EQ(in_city.count, 0) << in_city.examples;
}

TEST(PostalPlaceData, UnitedStates) {
  const std::vector<Real> all =
      RealOf("addresses_us.csv.gz", "us_real_addresses.csv.gz", [](const Cells& cells) {
        return Real{cells.at("postal_code"), cells.at("state"), cells.at("city"), "",
                    cells.at("address1")};
      });
  Count own_region, city_lost, with_number, without_number, street_alone, street_as_city;
  for (const Real& real : all) {
    const CountryPlaces& states = *PlacesOf("US");
    const int state = states.Region(real.region).region;
    ASSERT_GT(state, 0);
    const auto is_state_alone = [&](const v1::Address& address) {
      const Place place = PlaceOf(address);
      return states.Region(place.region).region == state && place.city.empty();
    };
    const std::string street = real.street.substr(real.street.find(' ') + 1);
    v1::Address own = AddressOf("US", real.region, real.city, real.street);
    own.set_postal_code(real.postal_code);
    own_region.Add(PlaceOf(own).region != real.region, own.ShortDebugString());
    city_lost.Add(PlaceOf(own).city != real.city, own.ShortDebugString());
    const v1::Address whole = AddressOf(
        "US", real.street + ", " + real.city + ", " + real.region + " " + real.postal_code, "");
    with_number.Add(!is_state_alone(whole), whole.region());
    const v1::Address numberless =
        AddressOf("US", street + " " + real.city + " " + real.region, "");
    without_number.Add(!is_state_alone(numberless), numberless.region());
    const v1::Address alone = AddressOf("US", street, "");
    street_alone.Add(Joined(PlaceOf(alone)) != "|", street);
    const v1::Address in_city = AddressOf("US", "", street + " " + real.city + " " + real.region);
    street_as_city.Add(!PlaceOf(in_city).city.empty(), in_city.city());
  }
  EXPECT_EQ(own_region.count, 0) << own_region.examples;
  EXPECT_EQ(with_number.count, 0) << with_number.examples;
  EXPECT_EQ(without_number.count, 0) << without_number.examples;
  EXPECT_EQ(street_alone.count, 0) << street_alone.examples;
  EXPECT_EQ(street_as_city.count, 0) << street_as_city.examples;
  // Cities that the street is called after.
  EXPECT_LE(city_lost.count, static_cast<int>(all.size() / 100)) << city_lost.examples;
}

// Addresses of China as people write them, each part labelled. What is shown may hold none of the
// parts that are finer than a district.
TEST(PostalPlaceData, ChinaAsPeopleWriteIt) {
  if (WholeLists().empty()) GTEST_SKIP() << "needs a list that may not be shipped";
  Count region, city;
  const auto text_of = [](const std::string& line, std::string_view name, size_t from) {
    const std::string key = "\"" + std::string(name) + "\": \"";
    const size_t begin = line.find(key, from) + key.size();
    return line.substr(begin, line.find('"', begin) - begin);
  };
  ForEachLine(WholeLists() + "/pii/labelled/zh_address_parse.jsonl.gz", [&](std::string line) {
    const std::string text = text_of(line, "text", 0);
    const v1::Address whole_region = AddressOf("CN", text, "");
    const v1::Address whole_city = AddressOf("CN", "", text);
    const Place in_region = PlaceOf(whole_region);
    const Place in_city = PlaceOf(whole_city);
    for (size_t at = line.find("\"start\""); at != line.npos; at = line.find("\"start\"", at + 1)) {
      const std::string label = text_of(line, "label", at), value = text_of(line, "value", at);
      constexpr size_t kBytesMin = 6;
      const bool coarse = label == "country" || label == "prov" || label == "city" ||
                          label == "district" || label == "devzone" || label == "town" ||
                          label == "redundant" || label == "community";
      if (coarse || value.size() < kBytesMin) continue;
      region.Add(in_region.region.find(value) != std::string::npos, text);
      city.Add(in_region.city.find(value) != std::string::npos ||
                   in_city.city.find(value) != std::string::npos,
               text);
    }
  });
  // One is labelled amiss.
  EXPECT_LE(region.count, 1) << region.examples;
  EXPECT_LE(city.count, 3) << city.examples;
}

// Streets and cities of thirty countries in the region's field, with and without the house's
// number: nothing but a region of the tables is shown.
TEST(PostalPlaceData, OtherCountries) {
  if (WholeLists().empty()) GTEST_SKIP() << "needs a list that may not be shipped";
  int all = 0;
  Count shown, lost;
  ForEachRow(WholeLists() + "/pii/identities/fakenamegenerator.csv.gz", [&](const Cells& cells) {
    ++all;
    const std::string country = cells.at("Country"), street = cells.at("StreetAddress"),
                      city = cells.at("City");
    std::string numberless = street;
    numberless.erase(std::remove_if(numberless.begin(), numberless.end(),
                                    [](char c) { return c >= '0' && c <= '9'; }),
                     numberless.end());
    for (const std::string& typed : {street, numberless}) {
      const v1::Address address = AddressOf(country, typed + " " + city, "");
      const Place place = PlaceOf(address);
      const bool of_table = place.region.empty() || IsRegionOf(country, place.region);
      shown.Add(!of_table || !place.city.empty(), address.region());
    }
    const v1::Address own = AddressOf(country, "", city, street);
    lost.Add(PlaceOf(own).city != city, country + " " + city + " | " + street);
  });
  EXPECT_EQ(shown.count, 0) << shown.examples;
  EXPECT_LE(lost.count, all * 3 / 100) << lost.examples;
}

}  // namespace
}  // namespace switchboard::masking

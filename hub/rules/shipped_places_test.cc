// Where the packs that are shipped are heard, and on which clocks, by addresses and numbers as
// cores send them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "hub/base/phone_zones.h"
#include "hub/rules/pack_check.h"
#include "hub/rules/whereabouts.h"

namespace switchboard::rules {
namespace {

namespace fs = std::filesystem;

const Packs& ShippedPacks() {
  static const Packs& packs = *new const Packs([] {
    std::map<std::string, std::shared_ptr<const CompiledPack>> by_id;
    for (const auto& entry : fs::directory_iterator(fs::path(SWITCHBOARD_RULES) / "packs")) {
      std::ifstream file(entry.path());
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      auto pack = ParseRulePack(text, entry.path().filename().string());
      if (!pack.ok()) ADD_FAILURE() << pack.status();
      if (pack.ok()) by_id[entry.path().stem()] = CompiledPack::Compile(*std::move(pack));
    }
    Packs all;
    for (const auto& [id, pack] : by_id) all.push_back(pack);
    return all;
  }());
  return packs;
}

Whereabouts Where(const char* country, const char* region, const char* city, const char* phone) {
  const std::string number_country = CountryOfNumber(phone);
  return FindWhereabouts(ShippedPacks(),
                         {country, region, city, number_country, ZonesOfNumber(phone), {}}, "");
}

TEST(ShippedPlacesTest, PacksAndClocks) {
  const struct {
    const char *country, *region, *city, *phone;
    const char* packs;
    const char* zones;
  } kCases[] = {
      {"US", "MA", "Boston", "+16175550123", "us us-ma", "America/New_York"},
      {"US", "massachusetts", "", "", "us us-ma", "America/New_York"},
      {"US", "", "", "+16175550123", "us us-ma us-nyc", "America/New_York"},
      {"US", "NY", "Flushing", "", "us us-nyc", "America/New_York"},
      {"US", "New York", "NEW YORK", "", "us us-nyc", "America/New_York"},
      {"US", "NY", "Buffalo", "", "us", "America/New_York"},
      {"US", "NJ", "Jamaica", "", "us", "America/New_York"},
      // Two clocks in one state: a number, which may come from anywhere in it, takes none away.
      {"US", "ID", "", "", "us", "America/Boise America/Los_Angeles"},
      {"US", "ID", "", "+12082265550", "us", "America/Boise America/Los_Angeles"},
      {"US", "IN", "", "+13175550123", "us", "America/Indiana/Indianapolis America/Chicago"},
      {"US", "TN", "Nashville", "+12125550123", "us", "America/Chicago America/New_York"},
      {"US", "Puerto Rico", "San Juan", "+17875550123", "us", "America/Puerto_Rico"},
      // Who moved and kept the number.
      {"US", "HI", "", "+16175550123", "us", "Pacific/Honolulu America/New_York"},
      {"CN", "北京市", "", "+8613912345678", "cn", "Asia/Shanghai"},
      {"CN", "新疆", "", "+8613912345678", "cn", "Asia/Shanghai Asia/Urumqi"},
      {"CN", "新疆维吾尔自治区", "", "+8610123456", "cn", "Asia/Shanghai Asia/Urumqi"},
      {"CN", "", "", "+8613912345678", "cn", "Asia/Shanghai Asia/Urumqi"},
      {"JP", "東京都", "", "+821012345678", "jp kr", "Asia/Tokyo"},
      {"TW", "", "", "+8613912345678", "cn tw", "Asia/Taipei"},
      {"GB", "", "", "+447400123456", "uk", "Europe/London"},
      {"FR", "", "", "+819012345678", "", "Asia/Tokyo"},
  };
  for (const auto& one : kCases) {
    const Whereabouts where = Where(one.country, one.region, one.city, one.phone);
    std::string packs, zones;
    for (const auto& pack : where.packs)
      packs.append(packs.empty() ? "" : " ").append(pack->pack().pack_id());
    for (const absl::TimeZone zone : where.zones)
      zones.append(zones.empty() ? "" : " ").append(zone.name());
    EXPECT_EQ(packs, one.packs) << one.country << "/" << one.region << "/" << one.city << one.phone;
    EXPECT_EQ(zones, one.zones) << one.country << "/" << one.region << "/" << one.city << one.phone;
  }
}

TEST(ShippedPlacesTest, EveryPartOfTheCountry) {
  for (const auto& pack : ShippedPacks()) {
    const std::string& id = pack->pack().pack_id();
    const int regions = pack->pack().regions_size();
    EXPECT_EQ(regions, id == "us" ? 56 : id == "cn" ? 31 : 0) << id;
  }
}

}  // namespace
}  // namespace switchboard::rules

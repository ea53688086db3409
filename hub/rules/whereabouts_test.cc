// Which packs are heard for somebody, and on which clocks, on both sides of each line.
#include "hub/rules/whereabouts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "hub/rules/pack_check.h"

namespace switchboard::rules {
namespace {

using v1::Clocks;

constexpr char kRules[] = R"(
version: 1
title: a pack
rules: [{rule_id: $.never, strength: LAW, source: a law, verification: CONFIRMED, forbid: {}}]
)";

std::shared_ptr<const CompiledPack> Pack(const std::string& id, const std::string& rest) {
  std::string rules = kRules;
  rules.replace(rules.find('$'), 1, id);
  auto pack = ParseRulePack(absl::StrCat("pack_id: ", id, "\n", rest, rules), id);
  if (!pack.ok()) ADD_FAILURE() << pack.status();
  return CompiledPack::Compile(*std::move(pack));
}

std::shared_ptr<const CompiledPack> UnitedStates() {
  return Pack("us", R"(country: US
home_zone: America/New_York
zones_if_unknown: [America/New_York, America/Chicago, America/Denver, America/Los_Angeles]
regions:
  - {code: MA, names: [Massachusetts]}
  - {code: NY, names: [New York]}
  - {code: FL, names: [Florida], zones: [America/New_York, America/Chicago]}
  - {code: ID, names: [Idaho], zones: [America/Boise, America/Los_Angeles]}
  - {code: HI, names: [Hawaii, Hawaiʻi, ÎLES], zones: [Pacific/Honolulu]})");
}

Packs AllPacks() {
  const std::string in_us = "country: US\nhome_zone: America/New_York\n";
  return {UnitedStates(),
          Pack("us-ma", in_us + "region: MA"),
          Pack("us-nyc", in_us + "region: NY/New York City\ncities: [New York, Brooklyn]"),
          Pack("jp", "country: JP\nhome_zone: Asia/Tokyo"),
          Pack("kr", "country: KR\nhome_zone: Asia/Seoul"),
          Pack("strict", "country: CH\nhome_zone: Europe/Zurich")};
}

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) absl::StrAppend(&text, text.empty() ? "" : " ", word);
  return text;
}

std::string PacksOf(const Whereabouts& where) {
  std::vector<std::string> ids;
  for (const auto& pack : where.packs) ids.push_back(pack->pack().pack_id());
  return Join(ids);
}

std::string ZonesOf(const Whereabouts& where) {
  std::vector<std::string> names;
  for (const absl::TimeZone zone : where.zones) names.push_back(zone.name());
  return Join(names);
}

struct PackCase {
  const char* name;
  const char* country;
  const char* region;
  const char* city;
  const char* number_country;
  const char* packs;
  bool region_unknown = false;
  bool elsewhere = false;
};

TEST(WhereaboutsTest, Packs) {
  const PackCase kCases[] = {
      {"its code", "US", "MA", "Boston", "US", "us us-ma"},
      {"its name", "US", "Massachusetts", "", "", "us us-ma"},
      {"in any case, blanks around", " us ", "  maSSachusetts ", "", "", "us us-ma"},
      {"beyond ASCII", "US", "îles", "", "", "us"},
      {"a region without a pack", "US", "FL", "Miami", "US", "us"},
      {"only the whole name", "US", "Massachusetts Bay", "", "", "us us-ma us-nyc", true},
      {"no region", "US", "", "", "", "us us-ma us-nyc", true},
      {"blank region", "US", "  ", "Brooklyn", "", "us us-ma us-nyc", true},
      {"a region of nobody", "US", "AE", "", "", "us us-ma us-nyc", true},
      {"the city's name in the pack", "US", "NY", "New York City", "", "us us-nyc"},
      {"one of the cities", "US", "New York", " BROOKLYN ", "", "us us-nyc"},
      {"another city", "US", "NY", "Albany", "", "us"},
      {"no city", "US", "NY", " ", "", "us us-nyc", true},
      {"such a city in another state", "US", "FL", "Brooklyn", "", "us"},
      {"a country without regions", "JP", "東京都", "", "JP", "jp", true},
      {"a number of another country", "JP", "", "", "KR", "jp kr", true},
      {"all packs of the number's country", "JP", "", "Brooklyn", "US", "us us-ma us-nyc jp", true},
      {"the address knows the region still", "US", "FL", "", "JP", "us jp"},
      {"a number of a country without packs", "US", "FL", "", "FR", "us"},
      {"no address", "", "", "", "KR", "kr", true},
      {"an address without a country", "", "MA", "", "US", "us us-ma"},
      {"elsewhere", "FR", "", "", "FR", "strict", false, true},
      {"elsewhere with a number from here", "FR", "MA", "", "JP", "jp strict", false, true},
      {"no country at all", "", "", "", "", "strict", false, true},
      {"a country, in words", "Japan", "", "", "", "strict", false, true},
      {"the pack for elsewhere is this country's", "CH", "", "", "CH", "strict", true, false},
      {"the number is of that pack's country", "FR", "", "", "CH", "strict", false, true},
  };
  for (const PackCase& one : kCases) {
    SCOPED_TRACE(one.name);
    const PlaceEvidence evidence{one.country, one.region, one.city, one.number_country, {}, {}};
    const Whereabouts where = FindWhereabouts(AllPacks(), evidence, "strict");
    EXPECT_EQ(PacksOf(where), one.packs);
    EXPECT_EQ(where.region_unknown, one.region_unknown);
    EXPECT_EQ(where.elsewhere, one.elsewhere);
  }
}

TEST(WhereaboutsTest, NoPackWhereNobodySpeaksForTheCountry) {
  for (const char* elsewhere_id : {"", "stricter"}) {
    for (const char* number_country : {"", "FR", "JP"}) {
      const Whereabouts where =
          FindWhereabouts(AllPacks(), {"FR", "", "", number_country, {}, {}}, elsewhere_id);
      EXPECT_EQ(PacksOf(where), "") << number_country;
      EXPECT_FALSE(where.elsewhere);
    }
    EXPECT_EQ(PacksOf(FindWhereabouts(AllPacks(), {}, elsewhere_id)), "");
    EXPECT_EQ(PacksOf(FindWhereabouts({}, {"US", "MA", "", "US", {}, {}}, elsewhere_id)), "");
  }
}

TEST(WhereaboutsTest, RegionalPacksThatCannotBePlacedAreHeard) {
  const std::string in_us = "country: US\nhome_zone: America/New_York\n";
  // No pack of the whole country, so no region is known.
  const auto without_country =
      FindWhereabouts({Pack("us-ma", in_us + "region: MA")}, {"US", "FL", "", "", {}, {}}, "");
  EXPECT_EQ(PacksOf(without_country), "us-ma");
  EXPECT_TRUE(without_country.region_unknown);
  // A part that the country's pack calls otherwise, and one that it does not name.
  const Packs packs = {UnitedStates(), Pack("us-a", in_us + "region: massachusetts"),
                       Pack("us-b", in_us + "region: New England")};
  EXPECT_EQ(PacksOf(FindWhereabouts(packs, {"US", "MA", "", "", {}, {}}, "")), "us us-a us-b");
  const auto florida = FindWhereabouts(packs, {"US", "FL", "", "", {}, {}}, "");
  EXPECT_EQ(PacksOf(florida), "us us-b");
  EXPECT_TRUE(florida.region_unknown);
}

constexpr auto kCore = Clocks::ZONE_BASIS_CORE;
constexpr auto kAddress = Clocks::ZONE_BASIS_ADDRESS;
constexpr auto kNumber = Clocks::ZONE_BASIS_NUMBER;
constexpr auto kAssumed = Clocks::ZONE_BASIS_ASSUMED;

struct ZoneCase {
  const char* name;
  const char* country;
  const char* region;
  std::vector<std::string_view> number_zones;
  std::vector<std::string_view> core_zones;
  const char* zones;
  std::vector<Clocks::ZoneBasis> bases;
};

const ZoneCase kZoneCases[] = {
    {"the region's", "US", "ID", {}, {}, "America/Boise America/Los_Angeles", {kAddress}},
    {"the home zone of a region without zones", "US", "MA", {}, {}, "America/New_York", {kAddress}},
    {"those of the country",
     "US",
     "",
     {},
     {},
     "America/New_York America/Chicago America/Denver America/Los_Angeles",
     {kAddress}},
    {"the home zone of a country", "JP", "", {}, {}, "Asia/Tokyo", {kAddress}},
    {"the number narrows the country",
     "US",
     "",
     {"America/New_York"},
     {},
     "America/New_York",
     {kAddress, kNumber}},
    {"to what the country has",
     "US",
     "",
     {"America/Denver", "America/Bogota"},
     {},
     "America/Denver",
     {kAddress, kNumber}},
    {"the number does not narrow the region",
     "US",
     "FL",
     {"America/New_York"},
     {},
     "America/New_York America/Chicago",
     {kAddress, kNumber}},
    {"nor widens it where one of its zones fits",
     "US",
     "FL",
     {"America/Denver", "America/Chicago"},
     {},
     "America/New_York America/Chicago",
     {kAddress, kNumber}},
    {"address and number conflict",
     "US",
     "FL",
     {"Pacific/Honolulu"},
     {},
     "America/New_York America/Chicago Pacific/Honolulu",
     {kAddress, kNumber}},
    {"a number of another country",
     "US",
     "MA",
     {"Asia/Tokyo"},
     {},
     "America/New_York Asia/Tokyo",
     {kAddress, kNumber}},
    {"a number of another country, and no region",
     "JP",
     "",
     {"America/New_York", "America/Chicago"},
     {},
     "Asia/Tokyo America/New_York America/Chicago",
     {kAddress, kNumber}},
    {"the core's word alone", "FR", "", {}, {"Europe/Paris"}, "Europe/Paris", {kCore}},
    {"all of it",
     "FR",
     "",
     {"Europe/Paris"},
     {"Europe/Paris", "Asia/Tokyo"},
     "Europe/Paris Asia/Tokyo",
     {kCore, kNumber}},
    {"the core's word is closer than the region",
     "US",
     "FL",
     {},
     {"America/Chicago"},
     "America/Chicago",
     {kCore, kAddress}},
    {"under another name of the clock",
     "US",
     "ID",
     {},
     {"America/Denver", "Asia/Tokyo"},
     "America/Denver Asia/Tokyo",
     {kCore, kAddress}},
    {"and than the country",
     "US",
     "",
     {},
     {"America/Chicago", "America/New_York"},
     "America/Chicago America/New_York",
     {kCore, kAddress}},
    {"core and region conflict",
     "US",
     "FL",
     {},
     {"America/Denver"},
     "America/Denver America/New_York America/Chicago",
     {kCore, kAddress}},
    {"core and country conflict",
     "JP",
     "",
     {},
     {"Europe/Paris"},
     "Europe/Paris Asia/Tokyo",
     {kCore, kAddress}},
    {"the number narrows a country that conflicts with the core",
     "US",
     "",
     {"America/New_York"},
     {"Europe/Paris"},
     "Europe/Paris America/New_York",
     {kCore, kAddress, kNumber}},
    {"one that fits the core does not",
     "JP",
     "",
     {"Europe/Paris"},
     {"Europe/Paris"},
     "Europe/Paris Asia/Tokyo",
     {kCore, kAddress, kNumber}},
    {"the number changes nothing beside the core",
     "US",
     "FL",
     {"America/New_York", "America/Chicago"},
     {"America/Chicago"},
     "America/Chicago",
     {kCore, kAddress, kNumber}},
    {"nor takes from it",
     "US",
     "",
     {"America/New_York"},
     {"America/Chicago", "America/New_York"},
     "America/Chicago America/New_York",
     {kCore, kAddress, kNumber}},
    {"unless it conflicts",
     "US",
     "",
     {"America/Denver", "America/Los_Angeles"},
     {"America/Chicago"},
     "America/Chicago America/Denver America/Los_Angeles",
     {kCore, kAddress, kNumber}},
    {"with the core, though not with the region",
     "US",
     "FL",
     {"America/New_York"},
     {"America/Chicago"},
     "America/Chicago America/New_York",
     {kCore, kAddress, kNumber}},
    {"one conflicts with the two that agree",
     "US",
     "MA",
     {"America/New_York"},
     {"America/Chicago"},
     "America/Chicago America/New_York",
     {kCore, kAddress, kNumber}},
    {"each two agree, but not all three",
     "US",
     "FL",
     {"America/Chicago", "America/Denver"},
     {"America/New_York", "America/Denver"},
     "America/New_York America/Denver",
     {kCore, kAddress, kNumber}},
    {"another name for the same clock", "JP", "", {}, {"Japan"}, "Japan", {kCore, kAddress}},
    {"a clock under another name is not lost",
     "US",
     "",
     {"America/Boise", "America/Los_Angeles"},
     {},
     "America/Denver America/Los_Angeles",
     {kAddress, kNumber}},
    {"a country without a pack", "FR", "", {"Asia/Tokyo"}, {}, "Asia/Tokyo", {kNumber}},
    {"no address", "", "", {"America/New_York"}, {}, "America/New_York", {kNumber}},
    {"a region alone, of the number's country",
     "",
     "ID",
     {"America/Chicago"},
     {},
     "America/Boise America/Los_Angeles America/Chicago",
     {kAddress, kNumber}},
    {"names that are no zones",
     "FR",
     "",
     {"Mars/Olympus", "Asia/Tokyo"},
     {"localtime", ""},
     "Asia/Tokyo",
     {kNumber}},
    {"nothing", "FR", "", {}, {}, "", {kAssumed}},
    {"nothing but names that are no zones", "", "", {}, {"Mars/Olympus"}, "", {kAssumed}},
};

TEST(WhereaboutsTest, Zones) {
  for (const ZoneCase& one : kZoneCases) {
    SCOPED_TRACE(one.name);
    const char* number_country = one.country[0] == '\0' ? "US" : "";
    const PlaceEvidence evidence{one.country,    one.region,       "",
                                 number_country, one.number_zones, one.core_zones};
    const Whereabouts where = FindWhereabouts(AllPacks(), evidence, "");
    EXPECT_EQ(ZonesOf(where), one.zones);
    EXPECT_EQ(where.bases, one.bases);
  }
}

}  // namespace
}  // namespace switchboard::rules

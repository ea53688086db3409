#include "hub/rules/region_check.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "hub/rules/known_zone.h"
#include "hub/rules/pack_places.h"

namespace switchboard::rules {
namespace {

using v1::RulePack;

constexpr size_t kPartBytesMax = 100;
constexpr size_t kPlaceBytesMax = 64;
constexpr int kRegionsMax = 200;
constexpr int kCitiesMax = 500;

void CheckOwnRegion(const std::string& region, FieldCheck* check) {
  check->Text(TextForm::kLine, region, 0, kPartBytesMax, "region");
  check->Require(std::count(region.begin(), region.end(), '/') <= 1, "region",
                 "has more than two parts; write \"NY/New York City\"");
  const bool empty_part = region.starts_with('/') || region.ends_with('/');
  check->Require(!empty_part, "region", "has an empty part; write \"NY/New York City\"");
}

// What people may write for a place, and for no other of the pack.
void CheckPlace(const std::string& text, const std::string& path, std::set<std::string>* seen,
                FieldCheck* check) {
  check->Text(TextForm::kLine, text, 1, kPlaceBytesMax, path);
  if (!check->ok()) return;
  const std::string key = PlaceKey(text);
  check->Require(!key.empty(), path, "must not be blank");
  check->Require(seen->insert(key).second, path, "stands here twice, in whichever case; keep one");
}

void CheckPartsOfCountry(const RulePack& pack, FieldCheck* check) {
  check->Require(pack.regions().empty() || pack.region().empty(), "regions",
                 "belong to the pack of the whole country; leave them out, or leave out region");
  check->Require(pack.regions_size() <= kRegionsMax, "regions", "must have at most 200 entries");
  std::set<std::string> seen;
  for (int i = 0; i < pack.regions_size() && check->ok(); ++i) {
    const RulePack::Region& region = pack.regions(i);
    const std::string path = absl::StrCat("regions[", i, "].");
    CheckPlace(region.code(), path + "code", &seen, check);
    check->Require(region.code().find('/') == std::string::npos, path + "code",
                   "must not hold \"/\", which parts the region of a pack");
    for (int name = 0; name < region.names_size(); ++name) {
      CheckPlace(region.names(name), absl::StrCat(path, "names[", name, "]"), &seen, check);
    }
    for (int zone = 0; zone < region.zones_size(); ++zone) {
      check->Require(FindKnownZone(region.zones(zone)).has_value(),
                     absl::StrCat(path, "zones[", zone, "]"),
                     "must be a zone of the IANA database, as Asia/Tokyo");
    }
  }
}

void CheckCities(const RulePack& pack, FieldCheck* check) {
  check->Require(pack.cities().empty() || pack.region().find('/') != std::string::npos, "cities",
                 "need a region that names a city, as NY/New York City; leave them out otherwise");
  check->Require(pack.cities_size() <= kCitiesMax, "cities", "must have at most 500 entries");
  std::set<std::string> seen;
  for (int i = 0; i < pack.cities_size() && check->ok(); ++i) {
    CheckPlace(pack.cities(i), absl::StrCat("cities[", i, "]"), &seen, check);
  }
}

}  // namespace

void CheckRegions(const RulePack& pack, FieldCheck* check) {
  CheckOwnRegion(pack.region(), check);
  CheckPartsOfCountry(pack, check);
  CheckCities(pack, check);
}

}  // namespace switchboard::rules

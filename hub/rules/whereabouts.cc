#include "hub/rules/whereabouts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "hub/rules/known_zone.h"

namespace switchboard::rules {
namespace {

using Zones = std::vector<KnownZone>;

std::string_view Stripped(std::string_view text) {
  const absl::string_view stripped =
      absl::StripAsciiWhitespace(absl::string_view(text.data(), text.size()));
  return {stripped.data(), stripped.size()};
}

// Where the person lives.
struct Home {
  std::string_view country;
  // That of the whole country; null: there is none.
  const CompiledPack* pack = nullptr;
  // One of its regions; nothing: not known.
  std::optional<int> region;

  bool IsIn(const CompiledPack& regional) const {
    const std::string& code = regional.pack().country();
    return absl::EqualsIgnoreCase(code, absl::string_view(country.data(), country.size()));
  }
};

Home FindHome(const Packs& in_force, const PlaceEvidence& evidence) {
  Home home;
  home.country = Stripped(evidence.country);
  if (home.country.empty()) home.country = evidence.number_country;
  for (const auto& pack : in_force) {
    if (!home.IsIn(*pack) || !pack->pack().region().empty()) continue;
    // Should there be two, that which knows the country's parts.
    if (home.pack == nullptr || home.pack->pack().regions().empty()) home.pack = pack.get();
  }
  if (home.pack != nullptr) home.region = home.pack->places().RegionOf(evidence.region);
  return home;
}

// Whether a pack of the person's country is heard; those that may be the person's are.
bool IsHeard(const CompiledPack& pack, const Home& home, std::string_view city, bool* unknown) {
  const PackPlaces& places = pack.places();
  if (places.part().empty() || !home.region.has_value()) return true;
  const std::optional<int> part = home.pack->places().RegionOf(places.part());
  if (!part.has_value()) {
    // Made for a part that the country's pack does not name: nobody is known to live outside of it.
    *unknown = true;
    return true;
  }
  if (*part != *home.region) return false;
  if (!places.is_of_cities()) return true;
  if (!Stripped(city).empty()) return places.HasCity(city);
  *unknown = true;
  return true;
}

void FindPacks(const Packs& in_force, const PlaceEvidence& evidence, const Home& home,
               std::string_view elsewhere_id, Whereabouts* found) {
  const bool covered = std::any_of(in_force.begin(), in_force.end(),
                                   [&](const auto& pack) { return home.IsIn(*pack); });
  for (const auto& pack : in_force) {
    const bool stands_in = !covered && pack->pack().pack_id() == elsewhere_id;
    found->elsewhere |= stands_in;
    const bool heard = home.IsIn(*pack)
                           ? IsHeard(*pack, home, evidence.city, &found->region_unknown)
                           : stands_in || pack->pack().country() == evidence.number_country;
    if (heard) found->packs.push_back(pack);
  }
  if (covered) {
    found->region_unknown |= !home.region.has_value();
  } else if (!found->elsewhere) {
    // What the number's country says does not make up for that of the person.
    found->packs.clear();
  }
}

// The database may have lost a name since it was written down.
Zones KnownZonesOf(const std::vector<std::string_view>& names) {
  Zones zones;
  for (const std::string_view name : names) {
    if (const auto zone = FindKnownZone(name)) zones.push_back(*zone);
  }
  return zones;
}

Zones ZonesOfAddress(const PlaceEvidence& evidence, const Home& home) {
  if (home.pack == nullptr) return {};
  const PackPlaces& places = home.pack->places();
  if (home.region.has_value()) return places.ZonesOf(*home.region);
  // The country was the number's: it is the number that speaks for it.
  if (Stripped(evidence.country).empty()) return {};
  return places.zones_if_unknown();
}

bool HasClock(const Zones& zones, int clock) {
  return std::any_of(zones.begin(), zones.end(),
                     [&](const KnownZone& zone) { return zone.clock == clock; });
}

// One zone of each clock that all kinds of evidence share; if there is none, of any of them. By
// clocks, not names: were Boise left out because a number says Denver, its time would not be heard.
Zones AgreedZones(const std::vector<Zones>& kinds) {
  Zones all;
  for (const Zones& kind : kinds) {
    for (const KnownZone& zone : kind) {
      if (!HasClock(all, zone.clock)) all.push_back(zone);
    }
  }
  Zones agreed;
  std::copy_if(all.begin(), all.end(), std::back_inserter(agreed), [&](const KnownZone& zone) {
    return std::all_of(kinds.begin(), kinds.end(),
                       [&](const Zones& kind) { return HasClock(kind, zone.clock); });
  });
  return agreed.empty() ? all : agreed;
}

void FindZones(const PlaceEvidence& evidence, const Home& home, Whereabouts* found) {
  std::vector<Zones> kinds;
  const auto add = [&](Zones zones, v1::Clocks::ZoneBasis basis) {
    if (zones.empty()) return;
    kinds.push_back(std::move(zones));
    found->bases.push_back(basis);
  };
  add(KnownZonesOf(evidence.core_zones), v1::Clocks::ZONE_BASIS_CORE);
  add(ZonesOfAddress(evidence, home), v1::Clocks::ZONE_BASIS_ADDRESS);
  add(KnownZonesOf(evidence.number_zones), v1::Clocks::ZONE_BASIS_NUMBER);
  for (const KnownZone& zone : AgreedZones(kinds)) found->zones.push_back(zone.zone);
  if (kinds.empty()) found->bases.push_back(v1::Clocks::ZONE_BASIS_ASSUMED);
}

}  // namespace

Whereabouts FindWhereabouts(const Packs& in_force, const PlaceEvidence& evidence,
                            std::string_view elsewhere_id) {
  Whereabouts found;
  const Home home = FindHome(in_force, evidence);
  FindPacks(in_force, evidence, home, elsewhere_id, &found);
  FindZones(evidence, home, &found);
  return found;
}

}  // namespace switchboard::rules

#include "hub/rules/whereabouts.h"

#include <algorithm>
#include <iterator>
#include <optional>

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

bool HasClock(const Zones& zones, int clock) {
  return std::any_of(zones.begin(), zones.end(),
                     [&](const KnownZone& zone) { return zone.clock == clock; });
}

bool ShareAClock(const Zones& some, const Zones& others) {
  return std::any_of(some.begin(), some.end(),
                     [&](const KnownZone& zone) { return HasClock(others, zone.clock); });
}

void AddClocks(const Zones& more, Zones& zones) {
  for (const KnownZone& zone : more) {
    if (!HasClock(zones, zone.clock)) zones.push_back(zone);
  }
}

// What there is to read zones from.
struct Spoken {
  Zones core;
  Zones region;   // where it is known
  Zones country;  // where no region is
  Zones number;
};

Spoken ZonesSpokenOf(const PlaceEvidence& evidence, const Home& home) {
  Spoken spoken{KnownZonesOf(evidence.core_zones), {}, {}, KnownZonesOf(evidence.number_zones)};
  if (home.pack == nullptr) return spoken;
  const PackPlaces& places = home.pack->places();
  if (home.region.has_value()) {
    spoken.region = places.ZonesOf(*home.region);
  } else if (!Stripped(evidence.country).empty()) {
    // Were the country the number's, it would be the number that speaks for it.
    spoken.country = places.zones_if_unknown();
  }
  return spoken;
}

// What the country alone says, beside a closer word: nothing where core or number says something
// that agrees with it, but for what the number leaves of it.
Zones LeftOfCountry(const Spoken& spoken) {
  if (ShareAClock(spoken.core, spoken.country)) return {};
  if (!ShareAClock(spoken.number, spoken.country)) return spoken.country;
  Zones left;
  std::copy_if(spoken.country.begin(), spoken.country.end(), std::back_inserter(left),
               [&](const KnownZone& zone) { return HasClock(spoken.number, zone.clock); });
  return left;
}

// One zone of each clock on which a time must be fine; see the header. By clocks, not names: were
// Boise left out because a number says Denver, its time would not be heard.
Zones KeptZones(const Spoken& spoken) {
  Zones kept;
  AddClocks(spoken.core, kept);
  if (!ShareAClock(spoken.core, spoken.region)) AddClocks(spoken.region, kept);
  AddClocks(LeftOfCountry(spoken), kept);
  if (!ShareAClock(spoken.number, kept)) AddClocks(spoken.number, kept);
  return kept;
}

void FindZones(const PlaceEvidence& evidence, const Home& home, Whereabouts* found) {
  const Spoken spoken = ZonesSpokenOf(evidence, home);
  for (const KnownZone& zone : KeptZones(spoken)) found->zones.push_back(zone.zone);
  const auto add = [&](bool speaks, v1::Clocks::ZoneBasis basis) {
    if (speaks) found->bases.push_back(basis);
  };
  add(!spoken.core.empty(), v1::Clocks::ZONE_BASIS_CORE);
  add(!spoken.region.empty() || !spoken.country.empty(), v1::Clocks::ZONE_BASIS_ADDRESS);
  add(!spoken.number.empty(), v1::Clocks::ZONE_BASIS_NUMBER);
  add(found->bases.empty(), v1::Clocks::ZONE_BASIS_ASSUMED);
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

std::vector<absl::TimeZone> PossibleZones(const Whereabouts& where) {
  if (!where.zones.empty()) return where.zones;
  std::vector<absl::TimeZone> zones;
  for (const auto& pack : where.packs)
    zones.insert(zones.end(), pack->zones_if_unknown().begin(), pack->zones_if_unknown().end());
  return zones;
}

v1::Clocks ClocksOf(const Whereabouts& where) {
  v1::Clocks clocks;
  std::set<std::string> names;
  for (const absl::TimeZone zone : where.zones) names.insert(zone.name());
  for (const auto& pack : where.packs) {
    if (!where.zones.empty()) break;
    for (const absl::TimeZone zone : pack->zones_if_unknown()) names.insert(zone.name());
  }
  clocks.mutable_zones()->Assign(names.begin(), names.end());
  clocks.mutable_bases()->Assign(where.bases.begin(), where.bases.end());
  clocks.set_region_unknown(where.region_unknown);
  clocks.set_rules_of_elsewhere(where.elsewhere);
  return clocks;
}

}  // namespace switchboard::rules

#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hub/rules/known_zone.h"
#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::rules {

// How texts that people write for places are compared: without case, nor blanks at their ends.
std::string PlaceKey(std::string_view written);

// Where a pack holds, and the parts of its country, ready to be looked up. Immutable. Thread-safe.
class PackPlaces {
 public:
  // REQUIRES: a pack that pack_check.h has passed.
  explicit PackPlaces(const v1::RulePack& pack);

  // Which of the pack's `regions` a text means, by code or name; nothing if it means none of them.
  std::optional<int> RegionOf(std::string_view written) const;
  // The zones of one of them; at least one.
  const std::vector<KnownZone>& ZonesOf(int region) const {
    return zones_[static_cast<size_t>(region)];
  }
  // The zones of whom no region is known; at least one.
  const std::vector<KnownZone>& zones_if_unknown() const { return zones_if_unknown_; }

  // The part of the country for which the pack was made: "NY" of "NY/New York City". Empty: all.
  std::string_view part() const { return part_; }
  // Whether it was made for some cities of that part alone, …
  bool is_of_cities() const { return !cities_.empty(); }
  // … and whether this is one of them.
  bool HasCity(std::string_view written) const { return cities_.contains(PlaceKey(written)); }

 private:
  std::map<std::string, int> regions_;         // by key
  std::vector<std::vector<KnownZone>> zones_;  // of regions
  std::vector<KnownZone> zones_if_unknown_;
  std::string part_;
  std::set<std::string> cities_;  // keys
};

}  // namespace switchboard::rules

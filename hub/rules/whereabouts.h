#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/rules/compiled_pack.h"
#include "switchboard/v1/permit.pb.h"

// Where a person is, as far as contact rules need it: which packs are heard, and on which clocks
// they read times.

namespace switchboard::rules {

// What speaks for where somebody is. Any of it may be empty.
struct PlaceEvidence {
  std::string_view country, region, city;  // of the address, as people wrote it
  std::string_view number_country;         // of the number that is to be dialled …
  std::vector<std::string_view> number_zones;
  std::vector<std::string_view> core_zones;  // the core's own word
};

struct Whereabouts {
  Packs packs;                               // that are heard, in their order; none: contact nobody
  std::vector<absl::TimeZone> zones;         // a time must be fine in all of them; none: not known
  std::vector<v1::Clocks::ZoneBasis> bases;  // growing
  bool region_unknown = false;  // every regional pack is heard that might be the person's
  bool elsewhere = false;       // no pack of the country is there; that for elsewhere is heard
};

// Packs: those of the country of the address (without one, of the number), with the regional ones
// of the person's region and city, or all that might be where that is not known; and all those of
// the number's country where that is another one. Where the person's country has none, the pack of
// `elsewhere_id` is heard whatever its country; where that is not there either, none at all.
//
// Zones, by who knows best. The core's own are all taken. So are those of the region of the
// address, unless one of the core's has a clock of them: the core has then only said it closer.
// Where the region is not known, the zones of the whole country are a weak word: nothing beside
// zones of the core of which one has a clock of them, and where a number's have some of their
// clocks, those alone. A number may be kept for life, and takes nothing away from what core or
// region say: its zones change nothing if one of them has a clock of those taken, and are all taken
// beside them if none has. A time must be fine everywhere, so that where they do not agree the
// strictest counts. Zones with the same clock count as one (known_zone.h). Names that the IANA
// database does not have (any more) say nothing.
Whereabouts FindWhereabouts(const Packs& in_force, const PlaceEvidence& evidence,
                            std::string_view elsewhere_id);

// On which clocks a day of theirs is a day: their zones, or where none is known, those of the packs
// that are heard; none where no pack is.
std::vector<absl::TimeZone> PossibleZones(const Whereabouts& where);

// As whoever is told of a decision is told.
v1::Clocks ClocksOf(const Whereabouts& where);

}  // namespace switchboard::rules

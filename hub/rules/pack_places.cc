#include "hub/rules/pack_places.h"

#include <unicode/unistr.h>

#include "absl/strings/ascii.h"
#include "hub/base/error.h"
#include "hub/base/text.h"

namespace switchboard::rules {
namespace {

// Those of a list; the home zone if it is empty.
template <typename List>
std::vector<KnownZone> ZonesOr(const std::string& home_zone, const List& names) {
  std::vector<KnownZone> zones;
  const auto add = [&](const std::string& name) {
    const auto zone = FindKnownZone(name);
    SWITCHBOARD_ASSERT(zone.has_value());
    zones.push_back(*zone);
  };
  for (const std::string& name : names) add(name);
  if (zones.empty()) add(home_zone);
  return zones;
}

}  // namespace

std::string PlaceKey(std::string_view written) {
  std::string key(written);
  NormalizeText(TextForm::kLine, &key);
  if (IsPrintableAscii(key)) {
    absl::AsciiStrToLower(&key);
    return key;
  }
  std::string folded;
  icu::UnicodeString::fromUTF8(key).foldCase().toUTF8String(folded);
  return folded;
}

PackPlaces::PackPlaces(const v1::RulePack& pack)
    : zones_if_unknown_(ZonesOr(pack.home_zone(), pack.zones_if_unknown())) {
  for (const v1::RulePack::Region& region : pack.regions()) {
    const int index = static_cast<int>(zones_.size());
    regions_.emplace(PlaceKey(region.code()), index);
    for (const std::string& name : region.names()) regions_.emplace(PlaceKey(name), index);
    zones_.push_back(ZonesOr(pack.home_zone(), region.zones()));
  }
  const size_t slash = pack.region().find('/');
  part_ = pack.region().substr(0, slash);
  if (slash == std::string::npos) return;
  cities_.insert(PlaceKey(std::string_view(pack.region()).substr(slash + 1)));
  for (const std::string& city : pack.cities()) cities_.insert(PlaceKey(city));
}

std::optional<int> PackPlaces::RegionOf(std::string_view written) const {
  const auto found = regions_.find(PlaceKey(written));
  if (found == regions_.end()) return std::nullopt;
  return found->second;
}

}  // namespace switchboard::rules

#include "tests/invariants/known_person.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace switchboard::invariants {
namespace {

template <typename List>
bool Names(const List& names, const std::string& name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& one) { return absl::EqualsIgnoreCase(one, name); });
}

template <typename List>
void AddAll(const List& zones, const std::string& otherwise, std::set<std::string>& known) {
  if (zones.empty()) known.insert(otherwise);
  known.insert(zones.begin(), zones.end());
}

// The zones of the country's part that the address names; of the whole country if it names none.
void LearnRegion(const v1::Address& address, const v1::RulePack& pack, KnownPerson& known) {
  for (const auto& region : pack.regions()) {
    if (!absl::EqualsIgnoreCase(region.code(), address.region()) &&
        !Names(region.names(), address.region())) {
      continue;
    }
    known.region = region.code();
    AddAll(region.zones(), pack.home_zone(), known.zones);
  }
  if (known.zones.empty()) AddAll(pack.zones_if_unknown(), pack.home_zone(), known.zones);
}

}  // namespace

void Learn(const v1::Person& person, KnownPerson& known) {
  for (const v1::ContactPoint& point : person.contact_points()) {
    const std::string& number = point.has_phone() ? point.phone() : point.email();
    KnownPerson::Point& of_id = known.points[point.contact_point_id()];
    of_id.kinds.insert(point.kind());
    of_id.numbers.insert(number);
    if (point.state() == v1::ContactPoint::STATE_BAD) known.bad_numbers.insert(number);
  }
  for (const v1::Consent& consent : person.consents()) known.consents.insert(consent.what());
  known.more_zones.insert(person.time_zones().begin(), person.time_zones().end());
}

void LearnPlace(const v1::Address& address, const std::vector<v1::RulePack>& packs,
                KnownPerson& known) {
  const auto is_here = [&](const v1::RulePack& pack) {
    return absl::EqualsIgnoreCase(pack.country(), address.country());
  };
  // One that names the country's parts goes before one that does not.
  const v1::RulePack* whole = nullptr;
  for (const v1::RulePack& pack : packs) {
    if (!is_here(pack) || !pack.region().empty()) continue;
    if (whole == nullptr || whole->regions().empty()) whole = &pack;
  }
  if (whole == nullptr) return;
  LearnRegion(address, *whole, known);
  for (const v1::RulePack& pack : packs) {
    const size_t slash = pack.region().find('/');
    if (!is_here(pack) || slash == std::string::npos) continue;
    const bool of_city = absl::EqualsIgnoreCase(pack.region().substr(slash + 1), address.city()) ||
                         Names(pack.cities(), address.city());
    if (of_city && known.region == pack.region().substr(0, slash)) known.region = pack.region();
  }
}

}  // namespace switchboard::invariants

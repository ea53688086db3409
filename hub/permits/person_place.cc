#include "hub/permits/person_place.h"

#include <string>

#include "hub/base/phone_zones.h"

namespace switchboard::permits {

rules::Whereabouts WhereIs(const rules::Packs& in_force, const v1::Person& person,
                           std::string_view number, std::string_view elsewhere_id) {
  std::string number_country;
  rules::PlaceEvidence evidence;
  evidence.country = person.address().country();
  evidence.region = person.address().region();
  evidence.city = person.address().city();
  if (!number.empty()) {
    number_country = CountryOfNumber(number);
    evidence.number_country = number_country;
    evidence.number_zones = ZonesOfNumber(number);
  }
  evidence.core_zones.assign(person.time_zones().begin(), person.time_zones().end());
  return rules::FindWhereabouts(in_force, evidence, elsewhere_id);
}

}  // namespace switchboard::permits

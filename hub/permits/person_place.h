#pragma once

#include <string_view>

#include "hub/rules/whereabouts.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::permits {

// Which packs are heard for a person, and on which clocks, when this number is dialled; E.164, or
// empty for none. `elsewhere_id`: as Config has it.
rules::Whereabouts WhereIs(const rules::Packs& in_force, const v1::Person& person,
                           std::string_view number, std::string_view elsewhere_id);

}  // namespace switchboard::permits

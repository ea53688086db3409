#pragma once

#include <vector>

#include "tests/invariants/ledger.h"

// What the core's records say of persons, for who counts contacts again. Pure.

namespace switchboard::invariants {

// Adds what a record says of its person: ways to be contacted, consents, zones.
void Learn(const v1::Person& person, KnownPerson& known);

// Finds the part of the country and the clocks of whoever lives at an address, as the packs' texts
// write both; what they write otherwise is not found.
void LearnPlace(const v1::Address& address, const std::vector<v1::RulePack>& packs,
                KnownPerson& known);

}  // namespace switchboard::invariants

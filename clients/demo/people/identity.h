#pragma once

#include <cstdint>
#include <string>

#include "clients/demo/people/account_rows.h"
#include "clients/demo/people/name_material.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::demo {

// What the core calls the contact point of this kind of each person; empty: nobody has one.
std::string ContactPointIdOf(v1::ContactKind kind);

// Makes the owner of account `index` (0, 1, 2 …) from the seed: name, reading, birth date by the
// row's age, language, address, mobile and home phone, e-mail, and for some a wish. Pure. The same
// person_id is never made twice.
v1::Person MakePerson(const NameMaterial& material, const AccountRow& row, uint64_t seed,
                      int64_t index);

}  // namespace switchboard::demo

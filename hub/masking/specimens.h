#pragma once

#include <string>
#include <vector>

#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::masking {

// Somebody who was invented, to show in clear what masks leave.
struct Specimen {
  std::string label;  // language and country, and what is special: "ja JP", "id ID, one name"
  v1::Person person;
  v1::Account account;
};

// Some of many languages and scripts, in an order that stays; each has all that a row may show of a
// person or an account. Streets and districts do not exist, hosts are under .example, no scheme
// issues the cards, and numbers lie in blocks that are set aside for films or, as far as can be
// told, that no network uses.
const std::vector<Specimen>& Specimens();

}  // namespace switchboard::masking

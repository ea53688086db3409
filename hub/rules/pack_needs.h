#pragma once

#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::rules {

// Facts that few rules ask for and that are dear to gather.
struct PackNeeds {
  bool products = false;       // which product the account is
  bool wrong_points = false;   // which of the person's numbers are known to be wrong
  bool shared_points = false;  // contacts at the same number, whoever else has it

  PackNeeds& operator|=(const PackNeeds& other) {
    products |= other.products;
    wrong_points |= other.wrong_points;
    shared_points |= other.shared_points;
    return *this;
  }
};

// What the rules of this pack ask for.
PackNeeds NeedsOf(const v1::RulePack& pack);

}  // namespace switchboard::rules

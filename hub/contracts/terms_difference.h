#pragma once

#include <string>
#include <vector>

#include "hub/masking/exposure.h"
#include "switchboard/v1/contract.pb.h"

namespace switchboard::contracts {

// A term that two contracts say otherwise.
struct TermDifference {
  std::string path;    // "permits.lifetime", "work_types[EARLY_COLLECTIONS].acts"
  std::string before;  // in the words of a contract's text; empty: nothing
  std::string after;
  // kMore: the vendor may more. kOtherwise: more in one way and less in another. kSame: it is not a
  // question of more or less.
  masking::Change change = masking::Change::kSame;
};

// In what else but `disclose` two contracts of one vendor differ, in the order of the schema; last
// how what may be unmasked is shown. Lists are compared without their order, entries by what names
// them: a work type, a class, a level, a sub-contractor. A term whose direction is not known here
// is told without one. REQUIRES: both are what ParseContract makes. Pure.
std::vector<TermDifference> TermsBetween(const v1::Contract& before, const v1::Contract& after);

}  // namespace switchboard::contracts

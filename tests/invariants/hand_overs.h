#pragma once

#include <string>
#include <unordered_set>

#include "tests/invariants/invariants.h"

// Work that one vendor handed to another. Pure.

namespace switchboard::invariants {

// Assignments that began so, as the log names them.
std::unordered_set<std::string> BegunByHandOver(const Ledger& ledger);

// Adds a sentence for each one that is not what everybody was told: where one assignment ended the
// other began, about the same account and work, with whom it was meant for; the core, the log and
// the vendor that was answered agree; nobody but the receiver is shown that it was handed over; and
// nothing that is being recalled is handed over but to the issuer, nor comes back from hand to hand
// to where it was recalled from.
void CheckHandOvers(const Ledger& ledger, Violations& violations);

}  // namespace switchboard::invariants

#pragma once

#include <string>
#include <unordered_set>

#include "tests/invariants/ledger.h"

// How the validators name outcomes, and which of them must have reached the core. Pure.

namespace switchboard::invariants {

// Vendor, id and version.
std::string KeyOf(const std::string& vendor_id, const v1::Outcome& outcome);

// The vendor was told that it is recorded.
bool Accepted(const ReportedOutcome& reported);

// No receipt says what became of it, though the vendor did not lose it.
bool Waits(const ReportedOutcome& reported);

// Keys of what the core read.
std::unordered_set<std::string> KeysRead(const Ledger& ledger);

}  // namespace switchboard::invariants

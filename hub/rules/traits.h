#pragma once

#include <cstdint>

#include "hub/rules/facts.h"
#include "switchboard/v1/rule_pack.pb.h"

// What rules ask about a contact, as one word: a bit for each value of each property, of which
// exactly one of each property is set. A filter is the word of all the bits that it allows, and
// fits a contact that has no other.

namespace switchboard::rules {

using Traits = uint64_t;

// The traits of a contact beside what is asked for.
Traits TraitsOf(const Contact& contact, const Facts& facts);

// What a filter allows. REQUIRES: a checked pack's.
Traits AllowedBy(const v1::RulePack::Contacts& contacts);

inline bool Fits(Traits traits, Traits allowed) { return (traits & ~allowed) == 0; }

// Whether two parties are one: the person, or another by party and id.
bool IsSameParty(v1::Party a, const std::string& a_id, v1::Party b, const std::string& b_id);

}  // namespace switchboard::rules

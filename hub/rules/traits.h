#pragma once

#include <cstdint>

#include "hub/rules/facts.h"
#include "switchboard/v1/rule_pack.pb.h"

// What rules ask about a contact, as one word: a bit for each value of each property, of which one
// of each property is set; none of a property that is not known. What holds or does not has one
// bit, for what filters keep out. A filter is the word of all the bits that it allows, and fits a
// contact that has no other.

namespace switchboard::rules {

using Traits = uint64_t;

// Whether what holds works for the request or against it. Zones that disagree are taken as it is
// stricter: what refuses does so in one zone, what lets pass must do so in all. So is what is not
// known of a contact: where contacts refuse it fits every filter, where they let pass none that
// asks about it.
enum class Sense { kRefuses, kLetsPass };

// The traits of a contact beside what is asked for.
Traits TraitsOf(const Contact& contact, const Facts& facts);

// What a filter allows of contacts that work so. REQUIRES: a checked pack's.
Traits AllowedBy(const v1::RulePack::Contacts& contacts, Sense sense);

inline bool Fits(Traits traits, Traits allowed) { return (traits & ~allowed) == 0; }

// Whether two parties are one: the person, or another by party and id.
bool IsSameParty(v1::Party a, const std::string& a_id, v1::Party b, const std::string& b_id);

}  // namespace switchboard::rules

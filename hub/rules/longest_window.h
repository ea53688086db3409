#pragma once

#include "absl/time/time.h"
#include "hub/rules/facts.h"
#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::rules {

// How far back the pack's rules may look for contacts: the longest of their windows, wherever they
// stand, those of days with one day more, since a person's days are not those of UTC and may be
// longer than 24 hours. For ever is 3,650 days, and so is what names no window: the contact that is
// answered, the one that ended a consent, attempts in a row, and whether each point was wrong. Zero
// when no rule asks for any.
absl::Duration LongestWindow(const v1::RulePack& pack);

// How far back they look before this request, which is seldom as far: contacts that are longer ago,
// if none of them is given, make no difference to what is decided for it now or later. Infinite
// where they look at all contacts. Of `facts` the history is not read.
absl::Duration LongestWindowFor(const v1::RulePack& pack, const Facts& facts);

}  // namespace switchboard::rules

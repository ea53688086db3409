#pragma once

#include <vector>

#include "absl/time/time.h"
#include "hub/rules/compiled_pack.h"
#include "hub/rules/decision.h"
#include "hub/rules/facts.h"

namespace switchboard::rules {

// Several contacts of one kind within a day, promised at once.
struct DayPlan {
  int attempts = 0;         // 0: none is allowed in all that time …
  Decision refused;         // … and why not at its beginning
  std::vector<Span> hours;  // growing, none touches the next
};

// The day of a calendar in each of the zones: from when it has begun in all until it ends in one.
// REQUIRES: at least one zone.
Span DayInAll(const std::vector<absl::TimeZone>& zones, absl::CivilDay day);

// The contact that is asked for, as it stands in a history while it is under way.
Contact AttemptAt(const Request& request, absl::Time time);

// As many attempts as rules allow between `from` and `to`, at most `attempts_max`, and the hours in
// which they may be made. However they are spread over these hours no rule refuses one of them:
// each is allowed whether none of the others was made or all were. REQUIRES: the history of `facts`
// is in order, attempts_max is 1 or more.
DayPlan PlanDay(const Packs& packs, const Facts& facts, Span within, int attempts_max);

// Whether what was promised may still be kept: so many attempts in these hours. REQUIRES: as above.
bool StandsStill(const Packs& packs, const Facts& facts, const std::vector<Span>& hours,
                 int attempts);

}  // namespace switchboard::rules

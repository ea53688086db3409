#pragma once

#include <vector>

#include "absl/time/time.h"
#include "hub/rules/facts.h"
#include "hub/rules/truth.h"
#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::rules {

// Whether a request, made at `time`, answers the party's last contact in.
Truth IsAnswer(const v1::RulePack::Answer& answer, const Facts& facts,
               const std::vector<absl::TimeZone>& zones, absl::Time time);

// Whether the contact at `place` of the history was an answer when it was made.
bool WasAnswer(const v1::RulePack::Answer& answer, const Facts& facts,
               const std::vector<absl::TimeZone>& zones, int place);

}  // namespace switchboard::rules

#pragma once

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "clients/demo/parties/agent_calls.h"
#include "switchboard/v1/outcome.pb.h"

// What agents write down beside the result of a call. Pure.

namespace switchboard::demo {

// What the person promises in a call: at once, or in three parts.
//
// | kind of plan    | by whom | pays of what is due | gives up    | proofs | parts apart |
// | --------------- | ------- | ------------------- | ----------- | ------ | ----------- |
// | kSoon           | agent   | all                 | nothing     | none   | two weeks   |
// | kLong           | agent   | all                 | nothing     | none   | a month     |
// | kSettlement     | agent   | 40 % to 90 %        | nothing     | none   | two weeks   |
// | kTrainee        | trainee | all                 | nothing     | none   | two weeks   |
// | kFees           | senior  | 90 %                | fees, 10 %  | one    | two weeks   |
// | kFeesUnproved   | senior  | 90 %                | fees, 10 %  | none   | two weeks   |
// | kInterest       | senior  | 90 %                | interest    | one    | two weeks   |
//
// What of it the vendor may agree to says its contract (Contract.PlanTerms), not the agent. `due`:
// what the vendor knows to be due, 100 minor units or more; `today`: where most of the people live.
// The proof of means lies in the issuer's store, under the vendor's name.
v1::Outcome::Promise PromiseOf(const AgentCall& call, const v1::Money& due, absl::CivilDay today,
                               const std::string& vendor_id, const std::string& outcome_id);

// Where the recording of the call lies that `outcome` reports: at the vendor, under an address that
// holds no digits, which could be taken for somebody's number. Nothing if nobody and no machine
// answered, or if the agent forgets it.
std::optional<v1::Recording> RecordingOf(const AgentCall& call, const v1::Outcome& outcome,
                                         const std::string& vendor_id);

}  // namespace switchboard::demo

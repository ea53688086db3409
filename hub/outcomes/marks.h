#pragma once

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "hub/assignments/assignments.h"
#include "hub/outcomes/agent_times.h"
#include "hub/permits/permit_book.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/outcome.pb.h"

// What the core should know before it acts on an outcome. A pure function of facts.

namespace switchboard::outcomes {

// By how much a vendor's clock may differ from the hub's before a time is doubtful.
inline constexpr absl::Duration kClockSkewMax = absl::Minutes(1);

// What is known when an outcome is recorded.
struct OutcomeFacts {
  const assignments::Assignment& assignment;   // the vendor's own, live or ended
  const permits::PermitRow* permit = nullptr;  // the vendor's own that the outcome names, or null
  bool used_before = false;                    // an earlier version of the outcome used the permit
  bool had_contract = true;                    // one was in force when the contact began …
  const v1::Contract* contract = nullptr;      // … which is this
  v1::Channel channel = v1::CHANNEL_PHONE;     // by which it was
  AgentTimes::Finding agent{};                 // what its agent was at beside
  const v1::Account* account = nullptr;        // of a promise; null when it is not known
  bool account_is_newer = false;               // it says what was owed after the contact
  bool card_removed = false;
  bool foreign_sub_contractor = false;  // see sub_contractors.h
  absl::Time now;
};

// True if the permit covers this contact: given for this assignment, not void when the contact
// began, not released or used by another outcome, and the contact began in its time. `used_before`:
// an earlier version of the outcome used it.
bool PermitFits(const permits::PermitRow& permit, const v1::Outcome& outcome, bool used_before);

// True if the contact began while the permit lived, whatever became of that.
bool BeganInItsTime(const permits::PermitRow& permit, const v1::Outcome& outcome);

// True if somebody was called or visited, or called: what takes an agent's time.
bool TakesAgentsTime(const v1::Outcome& outcome, v1::Channel channel);

// In the order of their numbers.
std::vector<v1::RecordedOutcome::Mark> MarksOf(const v1::Outcome& outcome,
                                               const OutcomeFacts& facts);

}  // namespace switchboard::outcomes

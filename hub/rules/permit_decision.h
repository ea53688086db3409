#pragma once

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "hub/rules/decision.h"
#include "switchboard/v1/permit.pb.h"

// May this contact be made? A pure function of facts, so that it can be tested as a table and
// replayed over past contacts. What the rules of the packs say to it is one of the facts.

namespace switchboard::rules {

// What is known at the moment of asking.
struct PermitFacts {
  bool assignment_live = false;  // live, and in the hands of the vendor that asks
  bool allowed = true;  // the contract in force lists the work type and the person's language
  absl::Time expire_time = absl::InfiniteFuture();  // of the assignment
  // Of the stops on person, account, channel, contact point, number, vendor or work type that
  // forbid the contact: when the last one ends by itself, the infinite future for never.
  absl::Time stopped_until = absl::InfinitePast();
  bool contact_point_usable =
      false;                // the person has it and it is not known to be bad, wrong or dead
  bool act_allowed = true;  // the contract lets the vendor do this, to this party
  // Of a sub-contractor that is to make it: registered for the work, which was passed on to it.
  bool sub_contractor_allowed = true;
  bool has_rules = true;  // some pack speaks for where the person lives
  Decision decision;      // what the packs say now
  // The first moment after all else that passes at which they allow it, of a contact that something
  // refuses; nothing: never.
  std::optional<absl::Time> retry_time_of_rules = absl::InfinitePast();
  v1::Clocks clocks;  // on which the packs read times
  // Of a promise that is live and keeps from the contact when it would begin: the first moment at
  // which it does not.
  absl::Time promise_until = absl::InfinitePast();
  absl::Time open_permit_expire_time =
      absl::InfinitePast();  // of an open permit for the same person
  absl::Time budget_spent_until = absl::InfinitePast();
};

// Every reason that stands in the way, in order of precedence; none means yes. All are always
// evaluated, except that nothing further is said about an assignment that is not the vendor's own
// (I7).
std::vector<v1::Denial::Reason> ReasonsAgainst(const PermitFacts& facts, absl::Time now);

// One rule that stands against a contact, as a vendor is told of it.
v1::RuleFinding Describe(const Finding& finding);

// The answer a vendor gets for these reasons. REQUIRES: at least one.
v1::Denial MakeDenial(const std::vector<v1::Denial::Reason>& reasons, const PermitFacts& facts);

}  // namespace switchboard::rules

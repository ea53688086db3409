#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "clients/demo/evidence/evidence.h"
#include "clients/demo/evidence/hub_reader.h"

namespace switchboard::demo {

// What head office says of a plan that waits for it, the first line that holds. It knows the book:
// `due` is what is due on the account.
//
// | the plan                                         | decision                                   |
// | ------------------------------------------------ | ------------------------------------------ |
// | gives up what its agent may not (BEYOND_WAIVER)  | REFUSED, NO_WAIVER                         |
// | shows too few proofs of means (BEYOND_PROOFS)    | REFUSED, MEANS                             |
// | pays less than three fifths of what is due       | REFUSED, TOO_LITTLE                        |
// | lasts too long (BEYOND_MONTHS)                   | CHANGED, TOO_LONG: all of it in two parts, |
// |                                                  | two weeks apart, from its first day on     |
// | should have begun before `today`                 | CHANGED: the same, from tomorrow on        |
// | else: another level of agent, a settlement       | APPROVED                                   |
v1::DecidePlanRequest DecisionOn(const v1::ListProposedPlansResponse::Line& plan,
                                 const v1::Money& due, absl::CivilDay today);

// Head office at work: looks at what waits and decides on it. Not thread-safe.
class HeadOffice {
 public:
  // What is due on an account of the book.
  using DueOn = std::function<v1::Money(const std::string& account_id)>;

  // `desk` must outlive it.
  HeadOffice(PlanDesk& desk, DueOn due_on) : desk_(desk), due_on_(std::move(due_on)) {}

  // Decides on what waits, at most twenty plans. OK also where no hub answers, or where a plan does
  // not wait any more: that is looked at again next time. Errors: what a hub has against a
  // decision.
  absl::Status Look(absl::CivilDay today);

  // The last look found nothing.
  bool nothing_waits() const { return nothing_waits_; }
  // What was asked for, in that order; of a plan more than once if an answer was lost.
  const std::vector<PlanDecided>& decided() const { return decided_; }

 private:
  PlanDesk& desk_;
  const DueOn due_on_;
  bool nothing_waits_ = false;
  std::vector<PlanDecided> decided_;
};

}  // namespace switchboard::demo

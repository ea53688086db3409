#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "hub/promises/standing.h"

// What all promises on one debt stand at, whoever took them and in whatever order they came to be
// known. Pure.

namespace switchboard::promises {

// A promise as its newest version says it. One whose newest version says nothing of a promise, or
// was erased, is not among them.
struct TakenPromise {
  std::string promise_id;
  absl::Time take_time;  // when the person promised
  Instalment promised;   // in the currency of the debt
};

// How one of them stands.
struct PromiseState {
  std::string promise_id;
  InstalmentStanding standing;
  // When another one took its place while it was open. Payments from then on count for that one.
  std::optional<absl::Time> replace_time;

  bool IsLive() const { return standing.standing == Standing::kOpen && !replace_time.has_value(); }
};

// How the promises on one debt that were taken until `now` stand then, in that order. While one is
// open a newer one takes its place, so that at most one is live (I3); of two of the same instant
// the greater id is the newer one. `payments`: all of the debt that are known, in any order. What
// is tolerated and how long is waited: `patience`; `zones`: in which the person may be, at least
// one.
std::vector<PromiseState> StatesOf(std::vector<TakenPromise> promises,
                                   const std::vector<PaymentMade>& payments,
                                   const Patience& patience,
                                   const std::vector<absl::TimeZone>& zones, absl::Time now);

}  // namespace switchboard::promises

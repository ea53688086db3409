#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "hub/promises/standing.h"
#include "switchboard/v1/promise.pb.h"

// What all promises on one debt stand at, whoever took them and in whatever order they came to be
// known. Pure.

namespace switchboard::promises {

// A promise as its newest version says it. One whose newest version says nothing of a promise, or
// was erased, is not among them.
struct TakenPromise {
  std::string promise_id;
  absl::Time take_time;  // when the person promised
  Instalment promised;
  std::string currency_code;
  // By what it is judged: what is tolerated, how long is waited, in which zones the person may be
  // (at least one).
  Patience patience;
  std::vector<absl::TimeZone> zones;

  // Whether it is one that its contract allows, by itself …
  bool within_terms = true;
  // … and, above 0, how many there may be that were taken within so many times 24 hours until then,
  // this one included.
  int count_max = 0;
  int within_days = 0;
  // When one that is erased since took its place.
  std::optional<absl::Time> replaced_by_erased{};
};

// Money that arrived on the debt.
struct DebtPayment {
  PaymentMade made;
  std::string currency_code;
};

// How one of them stands.
struct PromiseState {
  std::string promise_id;
  v1::PromiseStanding standing = v1::PROMISE_STANDING_UNSPECIFIED;
  // Since when: the payment that was enough, the end of its time, or when it was replaced or made.
  // Of one that is open the end of its time.
  absl::Time since;
  // What counts for it of the payments, at most its amount.
  int64_t paid = 0;

  bool IsLive() const { return standing == v1::PROMISE_STANDING_OPEN; }
  bool Binds() const { return standing != v1::PROMISE_STANDING_NOT_BINDING; }
  bool operator==(const PromiseState&) const = default;
};

// How the promises on one debt that were taken until `now` stand then, in that order. While one is
// open a newer one that binds takes its place, so that at most one is live (I3), and what is paid
// from then on counts for the newer one; of two of the same instant the greater id is the newer
// one. One that its contract does not allow takes nobody's place and is not counted. `payments`:
// all of the debt that are known, in any order; those in another currency count nothing.
std::vector<PromiseState> StatesOf(std::vector<TakenPromise> promises,
                                   const std::vector<DebtPayment>& payments, absl::Time now);

}  // namespace switchboard::promises

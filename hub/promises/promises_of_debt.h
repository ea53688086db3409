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

// Whose word makes a promise bind, and whether it was given.
enum class Consent {
  kVendors,  // the vendor's own, in the contact
  kAwaited,  // head office's, which said nothing yet: a plan beyond the vendor's authority
  kGiven,    // head office's, which said yes
  kRefused,  // head office's, which said no
};

// A promise as its newest version says it. One whose newest version says nothing of a promise, or
// was erased, is not among them.
struct TakenPromise {
  std::string promise_id;
  absl::Time take_time;  // when the person promised
  // One, or those of a plan; their days grow.
  std::vector<Instalment> promised;
  std::string currency_code;
  // By what it is judged: what is tolerated, how long is waited, in which zones the person may be
  // (at least one).
  Patience patience;
  std::vector<absl::TimeZone> zones;

  // Whose word makes it bind.
  Consent consent = Consent::kVendors;
  absl::Time decide_time{};  // when head office said yes or no

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
  // Since when: the payment that was enough, the end of its time, or when it was replaced, made or
  // refused. Of one that is open the end of its time; of a plan, of its first instalment that is
  // not kept.
  absl::Time since{};
  // What counts for it of the payments, at most its amount.
  int64_t paid = 0;
  // How each of its instalments stands. Those that a plan which has ended did not come to are open.
  std::vector<InstalmentStanding> instalments{};

  bool IsLive() const { return standing == v1::PROMISE_STANDING_OPEN; }
  bool operator==(const PromiseState&) const = default;
};

// How the promises on one debt that were taken until `now` stand then, in that order. While one is
// open another that begins to bind takes its place, so that at most one is live (I3), and what is
// paid from then on counts for that one; of two of the same instant the greater id is the later
// one. A promise begins to bind when it is taken; a plan that head office had to agree to, when it
// did, but what was paid from the contact on counts for it. One that its contract does not allow,
// or that head office did not agree to, takes nobody's place and is not counted; one that waits for
// head office is replaced by what binds later than it was taken. A plan ends with the first
// instalment that does not come in time. `payments`: all of the debt that are known, in any order;
// those in another currency count nothing.
std::vector<PromiseState> StatesOf(std::vector<TakenPromise> promises,
                                   const std::vector<DebtPayment>& payments, absl::Time now);

}  // namespace switchboard::promises

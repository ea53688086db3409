#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/civil_time.h"
#include "tests/invariants/ledger.h"

// What persons committed to pay, at once or in parts, and how each of it stands by what was paid:
// read slowly, and without the hub. Pure.

namespace switchboard::invariants {

// Account, vendor and outcome.
using PromiseKey = std::tuple<std::string, std::string, std::string>;

// For sentences: "the promise of sakura's outcome o-1".
std::string NameOf(const PromiseKey& key);

// What every version of each outcome says, by its number; the ledger outlives it.
using Versions = std::map<int32_t, const v1::Outcome*>;
std::map<PromiseKey, Versions> VersionsOf(const Ledger& ledger);

// An amount and its day; a promise has one, a plan as many as it has instalments.
struct Term {
  absl::CivilDay due;
  int64_t amount = 0;  // in minor units

  bool operator==(const Term&) const = default;
};
std::vector<Term> TermsSaid(const v1::Outcome::Promise& promise);
std::vector<Term> TermsTold(const v1::PromiseChange& change);

// Whether a day, with the days of grace behind it, ends then somewhere on earth …
bool MayEnd(absl::CivilDay due, int grace_days, int64_t end_us);
// … and the latest moment at which it can.
int64_t LatestEnd(absl::CivilDay due, int grace_days);

// One part of a commitment.
struct Part {
  int64_t amount = 0;
  int64_t end_us = 0;  // its time is up from here on
};

// What somebody committed to, as it is known in the end.
struct Commitment {
  PromiseKey key;
  std::string currency_code;
  int64_t take_us = 0;               // what is paid from here on counts
  std::optional<int64_t> bind_us{};  // from here on it binds; absent: it does not
  std::vector<Part> parts{};
};

// How it stands, and how each of its parts does.
struct Verdict {
  struct OfPart {
    v1::PromiseStanding standing = v1::PROMISE_STANDING_OPEN;
    int64_t paid = 0;
  };
  v1::PromiseStanding standing = v1::PROMISE_STANDING_OPEN;
  int64_t paid = 0;
  std::vector<OfPart> parts{};
};

using Payments = std::vector<const v1::CoreEvent::Payment*>;

// Of one that binds. `replaced_us`: when another one took its place, INT64_MAX for never. Nothing
// is tolerated.
Verdict Judge(const Commitment& commitment, int64_t replaced_us, const Payments& payments,
              int64_t now_us);

}  // namespace switchboard::invariants

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "absl/time/civil_time.h"
#include "tests/invariants/commitments.h"
#include "tests/invariants/invariants.h"

// What the core was told of promises, in its order. Pure.

namespace switchboard::invariants {

// What it was told of one.
struct ToldPromise {
  v1::PromiseChange newest;
  // When the time of a day of its own is up, as far as that was told.
  std::map<absl::CivilDay, int64_t> ends_us;
};

// A decision of head office: vendor, outcome, what and why.
using DecisionName = std::tuple<std::string, std::string, int, int>;

// Reads the changes one after the other and holds each to what can be said without any payment: it
// follows from the one before, it says of itself what goes together, and when a commit is through
// no account has two live promises.
class ToldPromises {
 public:
  // `versions`: of every outcome; both outlive it.
  ToldPromises(const Ledger& ledger, const std::map<PromiseKey, Versions>& versions);

  const std::map<PromiseKey, ToldPromise>& all() const { return told_; }
  // How often the core was told that a decision was made.
  const std::map<DecisionName, int64_t>& decisions() const { return decisions_; }
  const Violations& violations() const { return violations_; }

 private:
  void Take(const v1::PromiseChange& change);
  void CheckDecision(const PromiseKey& key, const v1::PromiseChange& change);
  void CheckSuccession(const PromiseKey& key, const v1::PromiseChange& before,
                       const v1::PromiseChange& change);
  void CheckParts(const PromiseKey& key, const v1::PromiseChange& change);
  void EndCommit();
  void Accuse(const PromiseKey& key, const char* what);
  const v1::Outcome::Promise* SaidIn(const PromiseKey& key, int32_t version) const;

  const std::map<PromiseKey, Versions>& versions_;
  std::set<int64_t> read_;
  std::map<PromiseKey, ToldPromise> told_;
  std::map<DecisionName, int64_t> decisions_;
  std::map<std::string, std::set<PromiseKey>> open_;  // by account
  std::set<std::string> touched_;                     // accounts, in the commit that is being read
  Violations violations_;
};

}  // namespace switchboard::invariants

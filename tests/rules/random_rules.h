#pragma once

#include <random>

#include "absl/time/time.h"
#include "hub/rules/facts.h"
#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::tests {

// Packs and facts drawn from a seed: few parties, accounts, collectors and points, so that they
// meet; times around a moment, which lies near a change of clocks more often than not; zones with
// and without one, at whole hours and others. A pack passes the check of packs, and may be without
// sense.
class RandomRules {
 public:
  explicit RandomRules(uint64_t seed) : random_(seed) {}

  v1::RulePack Pack();
  rules::Facts FactsAt(absl::Time now);
  absl::Time Moment();

 private:
  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }
  bool Chance(int percent) { return Below(100) < percent; }
  template <typename Message, typename Add>
  void AddSome(int most, Message* message, Add add);

  v1::RulePack::Rule Rule(int number);
  v1::RulePack::Ask Ask();
  v1::RulePack::Contacts Contacts();
  v1::RulePack::Window Window();
  v1::RulePack::Hours Hours();
  v1::RulePack::OpenTime OpenTime();
  v1::RulePack::Answer Answer();
  v1::RulePack::Condition Condition();
  void FillConsent(v1::RulePack::Consent* consent);
  rules::Contact Contact(absl::Time now);
  rules::Wish Wish(absl::Time now);
  absl::Time Before(absl::Time now);
  const char* ZoneName();

  std::mt19937_64 random_;
};

}  // namespace switchboard::tests

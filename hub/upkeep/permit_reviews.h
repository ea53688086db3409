#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "hub/contracts/contracts.h"
#include "hub/contracts/rule_packs.h"
#include "hub/permits/permits.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Open permits that would not be given any more become void: when a rule pack comes into force that
// says so, those that it would refuse; when contracts change or end, or another day begins, those
// that their vendor's does not allow. After a restart what is in force is taken for new once more.
class PermitReviews final : public Duty {
 public:
  PermitReviews(contracts::Contracts& contracts, contracts::RulePacks& rule_packs,
                const permits::Permits& permits)
      : contracts_(contracts), rule_packs_(rule_packs), permits_(permits) {}

  std::string name() const override { return "permit reviews"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
  bool Done() override;

 private:
  using InForce = std::shared_ptr<const rules::Packs>;
  // What all vendors' terms rest on: how often they were changed, and the day, in UTC.
  using Basis = std::pair<int64_t, absl::CivilDay>;
  // Ids of permits that were open when they were looked for, last one first.
  using Ids = std::vector<std::string>;

  absl::Status LookAtRules(storage::Connection& reader, absl::Time now);
  absl::Status LookAtTerms(storage::Connection& reader, absl::Time now);

  contracts::Contracts& contracts_;
  contracts::RulePacks& rule_packs_;
  const permits::Permits& permits_;
  InForce reviewed_;   // by what open permits were judged last; null: nothing
  InForce reviewing_;  // by what they are being judged
  Ids by_rules_;
  std::optional<Basis> terms_;  // of the last look
  Ids by_terms_;
  // When to look once more: for what was decided before they were in force and given after the
  // look.
  absl::Time rules_again_ = absl::InfiniteFuture();
  absl::Time terms_again_ = absl::InfiniteFuture();
};

}  // namespace switchboard::upkeep

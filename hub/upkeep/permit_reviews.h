#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hub/contracts/rule_packs.h"
#include "hub/permits/permits.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// When a rule pack comes into force that says so, open permits that it would refuse become void.
// After a restart those that are in force are taken for new once more.
class PermitReviews final : public Duty {
 public:
  PermitReviews(contracts::RulePacks& rule_packs, const permits::Permits& permits)
      : rule_packs_(rule_packs), permits_(permits) {}

  std::string name() const override { return "permit reviews"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
  bool Done() override;

 private:
  using InForce = std::shared_ptr<const rules::Packs>;

  contracts::RulePacks& rule_packs_;
  const permits::Permits& permits_;
  InForce reviewed_;   // by what open permits were judged last; null: nothing
  InForce reviewing_;  // by what they are being judged
  // When to look once more: for what was decided before they were in force and given after the
  // look.
  absl::Time look_again_ = absl::InfiniteFuture();
  std::vector<std::string> to_review_;  // ids of permits that were open then, last one first
};

}  // namespace switchboard::upkeep

#pragma once

#include <string>

#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Ends legal holds on their day. What they kept goes with the next sweep of retention.
class LegalHoldEnds final : public Duty {
 public:
  std::string name() const override { return "legal holds"; }
  absl::Duration interval() const override { return absl::Seconds(10); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
};

}  // namespace switchboard::upkeep

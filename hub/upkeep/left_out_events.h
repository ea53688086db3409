#pragma once

#include <string>

#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Writes into the audit log how many events were left out of it (bounded_record.h), where no later
// event of their party brings that along.
class LeftOutEvents final : public Duty {
 public:
  std::string name() const override { return "left out events"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
};

}  // namespace switchboard::upkeep

#pragma once

#include <string>
#include <utility>

#include "hub/audit/entry_seal.h"
#include "hub/audit/log_signer.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Makes leaves of what the audit chains have grown by, and signs a checkpoint of the tree: a hub on
// which nothing happens writes none. In the commit that makes the last leaves, so that whatever a
// checkpoint says is in the database.
class Checkpoints final : public Duty {
 public:
  // `log` outlives it; `sealer` need not.
  Checkpoints(const audit::LogSigner& log, const storage::Sealer& sealer, absl::Duration interval)
      : log_(log), seal_(sealer), interval_(interval) {}

  std::string name() const override { return "checkpoints"; }
  absl::Duration interval() const override { return interval_; }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
  bool Done() override { return goes_on_; }

 private:
  const audit::LogSigner& log_;
  const audit::EntrySeal seal_;
  const absl::Duration interval_;
  bool goes_on_ = false;  // the last page was full
};

}  // namespace switchboard::upkeep

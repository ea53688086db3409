#include "hub/upkeep/retention_sweep.h"

#include "hub/base/error.h"

namespace switchboard::upkeep {

using retention::Stage;

absl::StatusOr<bool> RetentionSweep::Any(storage::Connection& reader, absl::Time now) {
  if (!eraser_.policy().erases_anything()) return false;
  const absl::Duration pause = eraser_.policy().SweepInterval();
  if (sweep_.stage == Stage::kEnd) {
    if (now < next_sweep_ && next_sweep_ - now <= pause) return false;
    sweep_ = {};
  }
  ASSIGN_OR_RETURN(due_, eraser_.Look(reader, now, sweep_));
  if (sweep_.stage == Stage::kEnd) next_sweep_ = now + pause;
  return due_.stage != Stage::kEnd;
}

absl::Status RetentionSweep::Run(storage::Transaction& transaction) {
  return eraser_.Erase(transaction, due_).status();
}

}  // namespace switchboard::upkeep

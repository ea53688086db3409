#include "hub/upkeep/retention_sweep.h"

#include "hub/base/error.h"
#include "hub/retention/pause.h"
#include "hub/retention/requested.h"

namespace switchboard::upkeep {

using retention::Stage;

// Once an operator lets a restored database erase again, the sweep goes on where it was.
absl::StatusOr<bool> RetentionSweep::Erases(storage::Connection& reader) const {
  ASSIGN_OR_RETURN(const bool paused, retention::Paused(reader));
  if (paused) return false;
  return eraser_.policy().erases_anything() ? absl::StatusOr<bool>(true)
                                            : retention::AnyRequested(reader);
}

absl::StatusOr<bool> RetentionSweep::Any(storage::Connection& reader, absl::Time now) {
  ASSIGN_OR_RETURN(const bool erases, Erases(reader));
  if (!erases) return false;
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

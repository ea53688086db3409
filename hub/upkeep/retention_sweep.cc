#include "hub/upkeep/retention_sweep.h"

#include "hub/base/error.h"
#include "hub/retention/pause.h"
#include "hub/retention/requested.h"
#include "hub/retention/swept.h"

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
  due_ = {};
  ASSIGN_OR_RETURN(const bool erases, Erases(reader));
  if (!erases) return false;
  rest_first_ = !rest_first_;
  for (Sweep* sweep : {rest_first_ ? &rest_ : &requests_, rest_first_ ? &requests_ : &rest_}) {
    ASSIGN_OR_RETURN(const bool any, LookOn(reader, now, *sweep));
    if (any) return true;
  }
  return false;
}

// One that ended rests once its last page is committed: else it begins anew at once, and finds it
// again.
absl::StatusOr<bool> RetentionSweep::LookOn(storage::Connection& reader, absl::Time now,
                                            Sweep& sweep) {
  const absl::Duration pause = eraser_.policy().SweepInterval();
  if (sweep.position.stage == Stage::kEnd) {
    if (now < sweep.next && sweep.next - now <= pause) return false;
    sweep.position.stage = sweep.first;
  }
  ASSIGN_OR_RETURN(due_, eraser_.Look(reader, now, sweep.position));
  looked_ = &sweep;
  next_ = now + pause;
  if (due_.stage != Stage::kEnd) return true;
  if (sweep.position.stage != Stage::kEnd) return false;
  // Its end is written down for the rest alone.
  if (&sweep == &rest_) return true;
  sweep.next = next_;
  return false;
}

absl::Status RetentionSweep::Run(storage::Transaction& transaction) {
  if (looked_ == &rest_ && rest_.position.stage == Stage::kEnd) retention::NoteSwept(transaction);
  if (due_.stage == Stage::kEnd) return absl::OkStatus();
  return eraser_.Erase(transaction, due_).status();
}

bool RetentionSweep::Done() {
  if (looked_->position.stage != Stage::kEnd) return true;
  looked_->next = next_;
  return false;
}

}  // namespace switchboard::upkeep

#pragma once

#include <string>

#include "hub/retention/eraser.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Erases what is kept no longer, and what persons asked to have deleted, a page after the other, so
// that a sweep that finds much stays in the background, however much it is; then rests. In a
// restored database it does nothing until an operator resumes it (retention/pause.h).
class RetentionSweep final : public Duty {
 public:
  // `eraser` outlives it.
  explicit RetentionSweep(const retention::Eraser& eraser) : eraser_(eraser) {}

  std::string name() const override { return "retention"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
  bool Done() override { return true; }

 private:
  absl::StatusOr<bool> Erases(storage::Connection& reader) const;

  const retention::Eraser& eraser_;
  retention::Position sweep_{retention::Stage::kEnd};
  absl::Time next_sweep_ = absl::InfinitePast();
  retention::Due due_;  // found by the last look
};

}  // namespace switchboard::upkeep

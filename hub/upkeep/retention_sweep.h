#pragma once

#include <string>

#include "hub/retention/eraser.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Erases what is kept no longer, and what persons asked to have deleted, a page after the other, so
// that a sweep that finds much stays in the background, however much it is; then rests. Each of the
// two has a sweep of its own, and they take turns, so that neither waits for the end of the other.
// In a restored database it does nothing until an operator resumes it (retention/pause.h).
class RetentionSweep final : public Duty {
 public:
  // `eraser` outlives it.
  explicit RetentionSweep(const retention::Eraser& eraser) : eraser_(eraser) {}

  std::string name() const override { return "retention"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
  bool Done() override;

 private:
  struct Sweep {
    retention::Stage first;
    retention::Position position{retention::Stage::kEnd};
    absl::Time next = absl::InfinitePast();
  };

  absl::StatusOr<bool> Erases(storage::Connection& reader) const;
  absl::StatusOr<bool> LookOn(storage::Connection& reader, absl::Time now, Sweep& sweep);

  const retention::Eraser& eraser_;
  Sweep requests_{retention::Stage::kRequested};
  Sweep rest_{retention::Stage::kAssignments};
  bool rest_first_ = false;  // whose turn it is
  // Found by the last look: what is due, of which sweep, and when that one begins anew if it ended.
  retention::Due due_;
  Sweep* looked_ = &rest_;
  absl::Time next_ = absl::InfinitePast();
};

}  // namespace switchboard::upkeep

#pragma once

#include <cstdint>
#include <optional>

#include "hub/base/clock.h"

namespace switchboard {

namespace v1 {
class Config;
}  // namespace v1

// A day that is rehearsed.
struct Rehearsal {
  absl::Time begin;   // true time at which it begins
  absl::Time clock;   // what its clock says then
  int32_t speed = 1;  // how many times as fast its time passes

  bool operator==(const Rehearsal&) const = default;
};

// The one that the configuration asks for; none for real work.
std::optional<Rehearsal> RehearsalOf(const v1::Config& config);

// The time by which a hub goes, and everybody who works with it: the true one, or that of a
// rehearsal, in which a whole day of work, calling hours and limits included, is seen in minutes.
// Steps where the true time steps. Thread-safe.
class HubClock final : public Clock {
 public:
  // `true_clock` outlives this one.
  HubClock(Clock& true_clock, const std::optional<Rehearsal>& rehearsal)
      : true_clock_(true_clock), rehearsal_(rehearsal) {}

  absl::Time Now() override {
    const absl::Time now = true_clock_.Now();
    return rehearsal_ ? rehearsal_->clock + (now - rehearsal_->begin) * rehearsal_->speed : now;
  }

 private:
  Clock& true_clock_;
  const std::optional<Rehearsal> rehearsal_;
};

}  // namespace switchboard

#pragma once

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "hub/base/field_problem.h"
#include "switchboard/v1/config.pb.h"

// How long things are kept: a pure function of the configuration. What no class fits is kept for
// ever, which is absl::InfiniteDuration().

namespace switchboard::retention {

using Settings = v1::Config::Retention;

// What is wrong with the settings, at its path below `retention`: a time out of range, a country
// that is none, a class that earlier ones leave nothing for. Nothing if all is well.
std::optional<FieldProblem> CheckSettings(const Settings& settings);

class Policy {
 public:
  // REQUIRES: CheckSettings(settings) has nothing to say. A day of the settings lasts `day`, which
  // only a simulation makes shorter; so long are the pauses between sweeps as well: a 24th of it.
  explicit Policy(Settings settings = {}, absl::Duration day = absl::Hours(24));

  // Whether anything is ever erased.
  bool erases_anything() const;
  const Settings& settings() const { return settings_; }

  // How long an assignment is kept after it ended. With an empty country, which is not known: as
  // long as it could be in any country.
  absl::Duration KeepOf(v1::WorkType work_type, std::string_view country) const;
  // As long as anything that the classes speak of.
  absl::Duration LongestKeep() const;
  absl::Duration AccountsKeep() const { return Days(settings_.accounts_keep_days()); }
  absl::Duration QuarantineKeep() const { return Days(settings_.quarantine_keep_days()); }
  absl::Duration SweepInterval() const { return day_ / 24; }

 private:
  absl::Duration Days(int32_t days) const {
    return days == 0 ? absl::InfiniteDuration() : days * day_;
  }

  Settings settings_;
  absl::Duration day_;
};

}  // namespace switchboard::retention

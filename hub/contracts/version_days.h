#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"

namespace switchboard::contracts {

// A version of a text by its days.
struct VersionDays {
  int64_t version = 0;
  std::optional<absl::CivilDay> from;  // nothing: from its release
  std::optional<absl::CivilDay> to;    // first day out of force; nothing: until replaced
};

// What decides after the last day of the highest version that has begun.
enum class AfterItsEnd {
  kNothing,       // of contracts, plans, code maps and scripts
  kOlderVersion,  // of rule packs: the highest of those that have not ended
};

// Which of `versions` (of one text, in any order) would decide on some day after `today`, have not
// begun by then, and never will once `next` stands: a version that goes before all of them. In the
// order of `versions`.
std::vector<int64_t> NeverBegin(const std::vector<VersionDays>& versions, const VersionDays& next,
                                absl::CivilDay today, AfterItsEnd after_its_end);

}  // namespace switchboard::contracts

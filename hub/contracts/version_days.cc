#include "hub/contracts/version_days.h"

#include <algorithm>

namespace switchboard::contracts {
namespace {

// Whether `newer` goes before `one` on each day of it.
bool Covers(const VersionDays& newer, const VersionDays& one, AfterItsEnd after_its_end) {
  const bool begins_first = !newer.from.has_value() || *newer.from <= *one.from;
  if (after_its_end == AfterItsEnd::kNothing) return begins_first;
  const bool ends_last = !newer.to.has_value() || (one.to.has_value() && *one.to <= *newer.to);
  return begins_first && ends_last;
}

}  // namespace

std::vector<int64_t> NeverBegin(const std::vector<VersionDays>& versions, const VersionDays& next,
                                absl::CivilDay today, AfterItsEnd after_its_end) {
  std::vector<int64_t> never;
  for (const VersionDays& one : versions) {
    if (!one.from.has_value() || *one.from <= today) continue;
    if (one.to.has_value() && *one.to <= *one.from) continue;
    const bool is_covered =
        std::any_of(versions.begin(), versions.end(), [&](const VersionDays& other) {
          return other.version > one.version && Covers(other, one, after_its_end);
        });
    if (!is_covered && Covers(next, one, after_its_end)) never.push_back(one.version);
  }
  return never;
}

}  // namespace switchboard::contracts

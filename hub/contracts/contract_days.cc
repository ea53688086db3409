#include "hub/contracts/contract_days.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "hub/base/error.h"

namespace switchboard::contracts {
namespace {

using Versions = std::vector<ContractVersion>;

// The newest of those that have begun decides, as where contracts are looked up.
bool IsCovered(const Versions& versions, absl::CivilDay day) {
  const auto decides =
      std::find_if(versions.rbegin(), versions.rend(), [&](const ContractVersion& one) {
        return !one.days.from.has_value() || *one.days.from <= day;
      });
  return decides != versions.rend() && (!decides->days.to.has_value() || day < *decides->days.to);
}

}  // namespace

std::optional<absl::CivilDay> FirstDayWithout(const Versions& all, absl::CivilDay today) {
  SWITCHBOARD_ASSERT(!all.empty());
  // One that begins at once decides over every version before it, on every day.
  const auto at_once = std::find_if(all.rbegin(), all.rend(), [](const ContractVersion& one) {
    return !one.days.from.has_value();
  });
  const Versions versions(at_once == all.rend() ? all.begin() : std::prev(at_once.base()),
                          all.end());
  std::set<absl::CivilDay> changes;  // days on which another version may decide, or none
  for (const ContractVersion& one : versions) {
    if (one.days.from.has_value()) changes.insert(*one.days.from);
    if (one.days.to.has_value()) changes.insert(*one.days.to);
  }
  if (IsCovered(versions, today)) {
    const auto out = std::find_if(changes.upper_bound(today), changes.end(),
                                  [&](absl::CivilDay day) { return !IsCovered(versions, day); });
    return out == changes.end() ? std::nullopt : std::optional(*out);
  }
  std::optional<absl::CivilDay> since;
  for (const absl::CivilDay day : changes) {
    if (day > today) break;
    if (!IsCovered(versions, day) && IsCovered(versions, day - 1)) since = day;
  }
  if (since.has_value()) return since;
  return std::min(today, absl::ToCivilDay(all.front().release.time, absl::UTCTimeZone()));
}

std::optional<absl::CivilDay> OutSince(const Versions& versions, absl::CivilDay today) {
  const auto out = FirstDayWithout(versions, today);
  if (!out.has_value() || IsCovered(versions, today)) return std::nullopt;
  return std::max(*out, absl::ToCivilDay(versions.back().release.time, absl::UTCTimeZone()));
}

}  // namespace switchboard::contracts

#include "hub/rules/zone_clock.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"

namespace switchboard::rules {

std::optional<absl::TimeZone> FindZone(std::string_view name) {
  // Abseil takes paths, "localtime" and forms of its own as well.
  const bool is_name =
      !name.empty() && absl::ascii_isupper(static_cast<unsigned char>(name[0])) &&
      !name.starts_with("Fixed/") && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return absl::ascii_isalnum(c) || c == '_' || c == '/' || c == '+' || c == '-';
      });
  absl::TimeZone zone;
  if (!is_name || !absl::LoadTimeZone(std::string(name), &zone)) return std::nullopt;
  return zone;
}

absl::CivilDay DayAt(absl::TimeZone zone, absl::Time time) {
  return absl::CivilDay(zone.At(time).cs);
}

absl::Time StartOfDay(absl::TimeZone zone, absl::CivilDay day) {
  const auto info = zone.At(absl::CivilSecond(day));
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

absl::Time NextShowing(absl::TimeZone zone, absl::CivilSecond shown, absl::Time after) {
  const auto info = zone.At(shown);
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return info.trans;
  return info.pre > after ? info.pre : info.post;
}

absl::Time NextChangeOfClock(absl::TimeZone zone, absl::Time after) {
  absl::TimeZone::CivilTransition change;
  if (!zone.NextTransition(after, &change)) return absl::InfiniteFuture();
  // Put forward, the old clock's time is skipped; put back, the new clock's is shown again.
  const auto from = zone.At(change.from);
  return from.kind == absl::TimeZone::TimeInfo::SKIPPED ? from.trans : zone.At(change.to).trans;
}

}  // namespace switchboard::rules

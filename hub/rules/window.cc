#include "hub/rules/window.h"

#include <algorithm>

#include "hub/rules/zone_clock.h"

namespace switchboard::rules {
namespace {

absl::Duration ElapsedOf(const v1::RulePack::Window& window) {
  return absl::Seconds(window.elapsed().seconds()) + absl::Nanoseconds(window.elapsed().nanos());
}

// The place in `contacts` of the first that stands in the window.
size_t FirstIn(const v1::RulePack::Window& window, const std::vector<int>& contacts,
               const PastContacts& past, absl::TimeZone zone, absl::Time time) {
  if (window.for_ever()) return 0;
  const bool by_days = window.days() > 0;
  const absl::Time since = by_days ? StartOfDay(zone, DayAt(zone, time) - (window.days() - 1))
                                   : time - ElapsedOf(window);
  const auto first = std::partition_point(contacts.begin(), contacts.end(), [&](int place) {
    const absl::Time at = past.At(place).at;
    return by_days ? at < since : at <= since;
  });
  return static_cast<size_t>(first - contacts.begin());
}

}  // namespace

absl::Time EndOf(const v1::RulePack::Window& window, absl::TimeZone zone, absl::Time at) {
  if (window.for_ever()) return absl::InfiniteFuture();
  if (window.days() > 0) return StartOfDay(zone, DayAt(zone, at) + window.days());
  return at + ElapsedOf(window);
}

Counted CountIn(const v1::RulePack::Window& window, const std::vector<int>& contacts, int limit,
                const Hearing& hearing, absl::Time time, Sense sense) {
  Counted counted;
  counted.reaches = Always(sense == Sense::kLetsPass);
  for (const absl::TimeZone zone : hearing.zones) {
    const size_t first = FirstIn(window, contacts, hearing.past, zone, time);
    const size_t count = contacts.size() - first;
    counted.count = std::max(counted.count, static_cast<int>(count));
    Truth reaches = Always(count >= static_cast<size_t>(limit));
    if (reaches.holds && limit > 0) {
      // Too few are left when this one has gone.
      const int last_needed = contacts[contacts.size() - static_cast<size_t>(limit)];
      reaches.until = EndOf(window, zone, hearing.past.At(last_needed).at);
    }
    counted.reaches =
        sense == Sense::kRefuses ? Or(counted.reaches, reaches) : And(counted.reaches, reaches);
  }
  return counted;
}

}  // namespace switchboard::rules

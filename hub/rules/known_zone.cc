#include "hub/rules/known_zone.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "hub/base/mutex.h"
#include "hub/base/thread_annotations.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::rules {
namespace {

// What a clock shows: its offset from UTC, and then each time at which that changes with the new
// one. Within these years every rule by which clocks change has shown itself; the earlier past
// matters to no window that counts days.
using Showing = std::vector<int64_t>;
constexpr int kFirstYear = 2020;
constexpr int kEndYear = 2038;

Showing ShowingOf(absl::TimeZone zone) {
  const absl::Time end = absl::FromCivil(absl::CivilYear(kEndYear), absl::UTCTimeZone());
  absl::Time time = absl::FromCivil(absl::CivilYear(kFirstYear), absl::UTCTimeZone());
  int offset = zone.At(time).offset;
  Showing showing = {offset};
  while ((time = NextChangeOfClock(zone, time)) < end) {
    const int next = zone.At(time).offset;
    if (next == offset) continue;  // another name for the same time
    offset = next;
    showing.insert(showing.end(), {absl::ToUnixSeconds(time), offset});
  }
  return showing;
}

// All zones that were asked for: no more than the database has.
class ZoneBook {
 public:
  std::optional<KnownZone> Find(std::string_view name) {
    MutexLock lock(mutex_);
    const auto known = zones_.find(name);
    if (known != zones_.end()) return known->second;
    const auto zone = FindZone(name);
    if (!zone.has_value()) return std::nullopt;
    const auto clock = clocks_.emplace(ShowingOf(*zone), static_cast<int>(clocks_.size())).first;
    return zones_.emplace(name, KnownZone{*zone, clock->second}).first->second;
  }

 private:
  Mutex mutex_;
  std::map<std::string, KnownZone, std::less<>> zones_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::map<Showing, int> clocks_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace

std::optional<KnownZone> FindKnownZone(std::string_view name) {
  static ZoneBook& book = *new ZoneBook;
  return book.Find(name);
}

}  // namespace switchboard::rules

#include "hub/upkeep/upkeep.h"

#include <utility>

#include "hub/base/error.h"
#include "hub/storage/membership.h"

namespace switchboard::upkeep {
namespace {

// How long a duty stays with a hub that says nothing more.
constexpr absl::Duration kLeaseTerm = absl::Seconds(10);

}  // namespace

void Upkeep::Add(std::unique_ptr<Duty> duty) {
  entries_.push_back(std::make_unique<Entry>());
  entries_.back()->duty = std::move(duty);
}

void Upkeep::Tick(absl::Time now, absl::Time true_now) {
  for (const auto& entry : entries_) {
    // A time further away than its interval was set before the clock stepped back.
    const bool due =
        true_now >= entry->next_look || entry->next_look - true_now > entry->duty->interval();
    if (!due && !entry->again) continue;
    if (entry->under_way.exchange(true)) continue;
    entry->again = false;
    entry->next_look = true_now + entry->duty->interval();
    executor_.Post([this, one = entry.get(), now] { Look(*one, now); });
  }
}

void Upkeep::Look(Entry& entry, absl::Time now) {
  bool any = false;
  const absl::Status found = readers_.Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const bool free,
                     storage::LeaseIsFree(reader, entry.duty->name(), hub_id_, now));
    if (!free) return absl::OkStatus();
    ASSIGN_OR_RETURN(any, entry.duty->Any(reader, now));
    return absl::OkStatus();
  });
  if (found.ok() && any) return Do(entry);
  entry.under_way = false;
}

void Upkeep::Do(Entry& entry) {
  auto unit = [this, &entry](storage::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const bool ours,
                     storage::TakeLease(transaction, entry.duty->name(), hub_id_, kLeaseTerm));
    entry.ran = ours;
    return ours ? entry.duty->Run(transaction) : absl::OkStatus();
  };
  // What a failed run leaves is found again by the next look.
  writer_.Submit(storage::Urgency::kBulk, std::move(unit), [&entry](const absl::Status& status) {
    if (status.ok() && entry.ran && entry.duty->Done()) entry.again = true;
    entry.under_way = false;
  });
}

}  // namespace switchboard::upkeep

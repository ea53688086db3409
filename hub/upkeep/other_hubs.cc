#include "hub/upkeep/other_hubs.h"

#include <utility>

#include "hub/base/error.h"
#include "hub/core_feed/core_feed.h"

namespace switchboard::upkeep {
namespace {

// How late another hub's news may be when its word does not arrive.
constexpr absl::Duration kLookInterval = absl::Milliseconds(250);

}  // namespace

OtherHubs::OtherHubs(storage::Database& database, storage::Readers& readers, Executor& executor,
                     std::function<void(const Topic&)> heard)
    : readers_(readers),
      executor_(executor),
      heard_(std::move(heard)),
      bulletin_(database.OpenBulletin([this](const std::string& text) {
        if (const auto topic = Topic::Parse(text); topic.has_value()) heard_(*topic);
      })) {}

void OtherHubs::Post(const std::vector<std::string>& topics) {
  if (bulletin_ != nullptr && !topics.empty()) bulletin_->Post(topics);
}

void OtherHubs::Tick(absl::Time now) {
  // A time further away than its interval was set before the clock stepped back.
  const bool due = now >= next_look_ || next_look_ - now > kLookInterval;
  if (!due || looking_.exchange(true)) return;
  next_look_ = now + kLookInterval;
  executor_.Post([this] { Look(); });
}

void OtherHubs::Look() {
  std::vector<Topic> topics;
  const absl::Status looked = readers_.Run([&](storage::Connection& reader) -> absl::Status {
    // Where a hub is alone all news is its own, and it only asks whether the database answers.
    if (bulletin_ == nullptr) return core_feed::NewestItem(reader).status();
    ASSIGN_OR_RETURN(topics, news_.Look(reader));
    return absl::OkStatus();
  });
  // While the database is away there is no news. A file on a disk that is gone has errors of many
  // kinds.
  failed_looks_ = looked.ok() ? 0 : failed_looks_ + 1;
  if (looked.ok()) {
    for (const Topic& topic : topics) heard_(topic);
  }
  looking_ = false;
}

}  // namespace switchboard::upkeep

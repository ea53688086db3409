#pragma once

#include <string>
#include <vector>

#include "hub/feed/vendor_feed.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Takes withdrawals that their vendors have acknowledged out of the feeds. A vendor whose contract
// ended long ago is waited for no longer.
class FeedPurge final : public Duty {
 public:
  // `feed` outlives it.
  explicit FeedPurge(const feed::VendorFeed& feed) : feed_(feed) {}

  std::string name() const override { return "feed purge"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;

 private:
  const feed::VendorFeed& feed_;
  absl::Time now_;                    // of the last look, …
  std::vector<std::string> left_;     // … which found: vendors that are gone …
  std::vector<std::string> vendors_;  // … and feeds to take something out of
};

}  // namespace switchboard::upkeep

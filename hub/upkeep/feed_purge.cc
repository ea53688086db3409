#include "hub/upkeep/feed_purge.h"

#include "hub/base/error.h"

namespace switchboard::upkeep {
namespace {

constexpr int kVendorsMax = 100;
constexpr int kPage = 1'000;

}  // namespace

absl::StatusOr<bool> FeedPurge::Any(storage::Connection& reader, absl::Time now) {
  now_ = now;
  ASSIGN_OR_RETURN(left_, feed_.VendorsThatLeft(reader, now));
  ASSIGN_OR_RETURN(vendors_, feed_.VendorsToPurge(reader, kVendorsMax));
  return !left_.empty() || !vendors_.empty();
}

absl::Status FeedPurge::Run(storage::Transaction& transaction) {
  for (const std::string& vendor_id : left_)
    RETURN_IF_ERROR(feed_.WaitNoLonger(transaction, vendor_id, now_));
  for (const std::string& vendor_id : vendors_)
    RETURN_IF_ERROR(feed_.Purge(transaction, vendor_id, kPage).status());
  return absl::OkStatus();
}

}  // namespace switchboard::upkeep

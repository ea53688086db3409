#include "hub/upkeep/news.h"

#include "hub/base/error.h"
#include "hub/core_feed/core_feed.h"
#include "hub/upkeep/key_rotation_row.h"

namespace switchboard::upkeep {
namespace {

constexpr char kSelectVendors[] =
    "SELECT v.vendor_id, c.newest_sequence, v.session, v.generation, v.held_to FROM vendor v JOIN "
    "vendor_counter c ON c.vendor_id = v.vendor_id ORDER BY v.vendor_id";

}  // namespace

absl::StatusOr<std::vector<Topic>> News::Look(storage::Connection& reader) {
  std::vector<Topic> topics;
  RETURN_IF_ERROR(reader.Query(kSelectVendors, {}, [&](const storage::Row& row) {
    Vendor& known = vendors_[std::string(row.Text(0))];
    const Vendor now{row.Integer(1), row.Integer(2), std::string(row.Text(3)),
                     std::string(row.Text(4))};
    const std::string vendor_id(row.Text(0));
    if (now.session != known.session) topics.push_back(Topic::Session(vendor_id, now.session));
    if (now.newest != known.newest || now.generation != known.generation)
      topics.insert(topics.end(), {Topic::Feed(vendor_id), Topic::Withdrawals(vendor_id)});
    if (now.held_to != known.held_to) topics.push_back(Topic::Contract(vendor_id));
    known = now;
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(const int64_t newest_item, core_feed::NewestItem(reader));
  if (newest_item != newest_item_) topics.push_back(Topic::CoreFeed());
  newest_item_ = newest_item;
  ASSIGN_OR_RETURN(const auto rotation, NewestRotation(reader));
  const std::pair<int64_t, int> now =
      rotation.has_value() ? std::pair<int64_t, int>(rotation->through, rotation->step)
                           : std::pair<int64_t, int>(0, 0);
  if (now != rotation_) topics.push_back(Topic::Keys());
  rotation_ = now;
  return topics;
}

}  // namespace switchboard::upkeep

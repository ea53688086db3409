#include "hub/feed/vendor_row.h"

#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/contracts/contracts.h"

namespace switchboard::feed {
namespace {

constexpr char kSelectVendor[] =
    "SELECT v.contract_version, v.generation, v.generation_floor, c.newest_sequence, "
    "v.acknowledged_sequence, v.session, v.loosened_from "
    "FROM vendor v JOIN vendor_counter c ON c.vendor_id = v.vendor_id WHERE v.vendor_id = $1";
constexpr char kSetAcknowledged[] =
    "UPDATE vendor SET acknowledged_sequence = $1 WHERE vendor_id = $2 AND acknowledged_sequence "
    "<> $1";

}  // namespace

absl::StatusOr<VendorRow> ReadVendor(storage::Connection& connection, std::string_view vendor_id) {
  absl::StatusOr<VendorRow> vendor = contracts::NoContract();
  RETURN_IF_ERROR(connection.Query(kSelectVendor, {vendor_id}, [&](const storage::Row& row) {
    vendor = VendorRow{row.Integer(0), std::string(row.Text(1)), row.Integer(2), row.Integer(3),
                       row.Integer(4), row.Integer(5),           row.Integer(6)};
    return absl::OkStatus();
  }));
  return vendor;
}

absl::Status HoldFeed(storage::Transaction& transaction, std::string_view vendor_id) {
  const storage::Key feed = book::FeedKey(vendor_id);
  return transaction.Hold({&feed, 1});
}

absl::Status SetAcknowledged(storage::Transaction& transaction, std::string_view vendor_id,
                             int64_t sequence) {
  return transaction.Execute(kSetAcknowledged, {sequence, vendor_id}).status();
}

}  // namespace switchboard::feed

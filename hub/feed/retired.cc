#include "hub/feed/retired.h"

#include "hub/base/error.h"

namespace switchboard::feed {
namespace {

constexpr char kSelect[] =
    "SELECT retire_time FROM vendor WHERE vendor_id = $1 AND retire_time IS NOT NULL";

}  // namespace

absl::StatusOr<bool> IsRetired(storage::Connection& connection, std::string_view vendor_id) {
  bool retired = false;
  RETURN_IF_ERROR(connection.Query(kSelect, {vendor_id}, [&](const storage::Row&) {
    retired = true;
    return absl::OkStatus();
  }));
  return retired;
}

}  // namespace switchboard::feed

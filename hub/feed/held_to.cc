#include "hub/feed/held_to.h"

#include "hub/base/error.h"

namespace switchboard::feed {
namespace {

constexpr char kSelect[] = "SELECT vendor_id, held_to FROM vendor ORDER BY vendor_id";
constexpr char kSet[] = "UPDATE vendor SET held_to = $1 WHERE vendor_id = $2";

}  // namespace

absl::StatusOr<std::vector<HeldTo>> AllHeldTo(storage::Connection& connection) {
  std::vector<HeldTo> all;
  RETURN_IF_ERROR(connection.Query(kSelect, {}, [&](const storage::Row& row) {
    all.push_back({std::string(row.Text(0)), std::string(row.Text(1))});
    return absl::OkStatus();
  }));
  return all;
}

absl::Status SetHeldTo(storage::Transaction& transaction, const HeldTo& held_to) {
  return transaction.Execute(kSet, {held_to.terms, held_to.vendor_id}).status();
}

}  // namespace switchboard::feed

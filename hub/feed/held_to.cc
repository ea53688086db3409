#include "hub/feed/held_to.h"

#include "hub/base/error.h"

namespace switchboard::feed {
namespace {

constexpr char kSelect[] =
    "SELECT vendor_id, held_to, contract_version, loosened_from, loosened_through FROM vendor "
    "ORDER BY vendor_id";
constexpr char kSet[] =
    "UPDATE vendor SET held_to = $1, loosened_from = 0, loosened_through = 0 WHERE vendor_id = $2 "
    "AND contract_version = $3 AND loosened_from = $4 AND loosened_through = $5";

}  // namespace

absl::StatusOr<std::vector<HeldTo>> AllHeldTo(storage::Connection& connection) {
  std::vector<HeldTo> all;
  RETURN_IF_ERROR(connection.Query(kSelect, {}, [&](const storage::Row& row) {
    all.push_back({std::string(row.Text(0)), std::string(row.Text(1)), row.Integer(2),
                   row.Integer(3), row.Integer(4)});
    return absl::OkStatus();
  }));
  return all;
}

absl::Status SetHeldTo(storage::Transaction& transaction, const HeldTo& held_to) {
  return transaction
      .Execute(kSet, {held_to.terms, held_to.vendor_id, held_to.contract_version,
                      held_to.loosened_from, held_to.loosened_through})
      .status();
}

}  // namespace switchboard::feed

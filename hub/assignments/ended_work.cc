#include "hub/assignments/ended_work.h"

#include <algorithm>

#include "hub/base/error.h"

namespace switchboard::assignments {
namespace {

using storage::Row;

constexpr char kSelectNextVendor[] =
    "SELECT vendor_id FROM assignment WHERE ended > 0 AND deletion_order_id = '' AND vendor_id > "
    "$1 "
    "ORDER BY vendor_id LIMIT 1";
constexpr char kSelectEnded[] =
    "SELECT assignment_id, person_id, withdraw_time, withdraw_reason FROM assignment WHERE ended > "
    "0 AND deletion_order_id = '' AND vendor_id = $1 AND (withdraw_time, assignment_id) > ($2, $3) "
    "ORDER BY withdraw_time, assignment_id LIMIT $4";
constexpr char kSetOrder[] =
    "UPDATE assignment SET deletion_order_id = $1 FROM rows($2) WHERE assignment_id = c1 AND ended "
    "> 0 AND deletion_order_id = '' RETURNING assignment_id";
constexpr char kUnsetOrder[] =
    "UPDATE assignment SET deletion_order_id = '' FROM rows($1) WHERE assignment_id = c1 AND "
    "deletion_order_id = $2";
constexpr char kSelectOfPersons[] =
    "SELECT DISTINCT deletion_order_id FROM assignment WHERE person_id IN (SELECT c1 FROM "
    "rows($1)) AND ended > 0 ORDER BY deletion_order_id";
constexpr char kSelectOrders[] =
    "SELECT assignment_id, deletion_order_id FROM rows($1) CROSS JOIN assignment WHERE "
    "assignment_id = c1";

}  // namespace

absl::StatusOr<std::optional<std::string>> NextVendorWithEndedWork(storage::Connection& connection,
                                                                   std::string_view after) {
  std::optional<std::string> next;
  RETURN_IF_ERROR(connection.Query(kSelectNextVendor, {after}, [&](const Row& row) {
    next = row.Text(0);
    return absl::OkStatus();
  }));
  return next;
}

absl::StatusOr<std::vector<EndedWork>> EndedWorkOf(storage::Connection& connection,
                                                   std::string_view vendor_id,
                                                   const EndedWork& after, int limit) {
  std::vector<EndedWork> work;
  RETURN_IF_ERROR(connection.Query(
      kSelectEnded, {vendor_id, after.withdraw_time_us, after.assignment_id, limit},
      [&](const Row& row) {
        work.push_back({std::string(row.Text(0)), std::string(row.Text(1)), row.Integer(2),
                        static_cast<v1::WithdrawReason>(row.Integer(3))});
        return absl::OkStatus();
      }));
  return work;
}

absl::StatusOr<std::vector<std::string>> PutIntoOrder(
    storage::Transaction& transaction, const std::vector<std::string>& assignment_ids,
    std::string_view order_id) {
  const storage::Rows ids = storage::RowsOf(assignment_ids);
  std::vector<std::string> put;
  RETURN_IF_ERROR(transaction.Query(kSetOrder, {order_id, ids}, [&](const Row& row) {
    put.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  std::sort(put.begin(), put.end());
  return put;
}

absl::Status TakeOutOfOrder(storage::Transaction& transaction,
                            const std::vector<std::string>& assignment_ids,
                            std::string_view order_id) {
  const storage::Rows ids = storage::RowsOf(assignment_ids);
  return transaction.Execute(kUnsetOrder, {ids, order_id}).status();
}

absl::StatusOr<std::vector<std::string>> OrdersOfPersons(
    storage::Connection& connection, const std::vector<std::string>& person_ids) {
  std::vector<std::string> orders;
  const storage::Rows ids = storage::RowsOf(person_ids);
  RETURN_IF_ERROR(connection.Query(kSelectOfPersons, {ids}, [&](const Row& row) {
    if (!row.Text(0).empty() && row.Text(0) != kNoOrder) orders.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  return orders;
}

absl::StatusOr<std::map<std::string, std::string, std::less<>>> OrdersOf(
    storage::Connection& connection, const std::vector<std::string>& assignment_ids) {
  std::map<std::string, std::string, std::less<>> orders;
  const storage::Rows ids = storage::RowsOf(assignment_ids);
  RETURN_IF_ERROR(connection.Query(kSelectOrders, {ids}, [&](const Row& row) {
    orders.emplace(row.Text(0), row.Text(1));
    return absl::OkStatus();
  }));
  return orders;
}

}  // namespace switchboard::assignments

#include "hub/deletions/erasure.h"

#include <algorithm>
#include <string>

#include "hub/assignments/ended_work.h"
#include "hub/base/error.h"
#include "hub/deletions/deletion_book.h"

namespace switchboard::deletions {
namespace {

constexpr char kEraseItems[] =
    "DELETE FROM deletion_item WHERE assignment_id IN (SELECT c2 FROM rows($1))";
constexpr char kErasePassedOn[] =
    "DELETE FROM passed_on WHERE assignment_id IN (SELECT c2 FROM rows($1))";

#define OLD_ORDERS                                                                              \
  "SELECT order_id FROM deletion_order WHERE state <> 1 AND due_time <= $1 AND NOT EXISTS "     \
  "(SELECT 1 FROM deletion_item WHERE deletion_item.order_id = deletion_order.order_id) ORDER " \
  "BY order_id LIMIT "

constexpr char kSelectOld[] = OLD_ORDERS "1";
constexpr char kEraseOrders[] = "DELETE FROM deletion_order WHERE order_id IN (" OLD_ORDERS "$2)";

}  // namespace

absl::StatusOr<std::vector<bool>> AllClosed(
    storage::Connection& connection, const std::vector<assignments::EndedAssignment>& assignments) {
  std::vector<std::string> ids;
  for (const auto& one : assignments) ids.push_back(one.assignment_id);
  ASSIGN_OR_RETURN(const auto orders_of, assignments::OrdersOf(connection, ids));
  std::vector<std::string> order_ids;
  for (const auto& [id, order_id] : orders_of) order_ids.push_back(order_id);
  std::sort(order_ids.begin(), order_ids.end());
  order_ids.erase(std::unique(order_ids.begin(), order_ids.end()), order_ids.end());
  ASSIGN_OR_RETURN(const auto orders, FindOrders(connection, order_ids));
  std::vector<bool> closed;
  for (const std::string& id : ids) {
    const auto order_id = orders_of.find(id);
    if (order_id == orders_of.end() || order_id->second == assignments::kNoOrder) {
      closed.push_back(true);
      continue;
    }
    const auto order = orders.find(order_id->second);
    closed.push_back(order != orders.end() && !order->second.open());
  }
  return closed;
}

absl::StatusOr<int64_t> EraseItems(storage::Transaction& transaction,
                                   const std::vector<assignments::EndedAssignment>& erased) {
  const storage::Rows rows = assignments::RowsOf(erased);
  ASSIGN_OR_RETURN(const int64_t items, transaction.Execute(kEraseItems, {rows}));
  ASSIGN_OR_RETURN(const int64_t passed_on, transaction.Execute(kErasePassedOn, {rows}));
  return items + passed_on;
}

absl::StatusOr<bool> AnyOldOrders(storage::Connection& connection, int64_t until_us) {
  bool any = false;
  RETURN_IF_ERROR(connection.Query(kSelectOld, {until_us}, [&](const storage::Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

absl::StatusOr<int64_t> EraseOrders(storage::Transaction& transaction, int64_t until_us,
                                    int limit) {
  return transaction.Execute(kEraseOrders, {until_us, limit});
}

}  // namespace switchboard::deletions

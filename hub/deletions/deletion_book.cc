#include "hub/deletions/deletion_book.h"

#include <limits>

#include "google/protobuf/util/time_util.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::deletions {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using storage::Rows;
using storage::Value;
using enum storage::Value::Kind;

#define ORDER_COLUMNS                                                                     \
  "order_id, vendor_id, cause, open_time, due_time, count, digest, state, confirm_time, " \
  "refused, closed_by, reason"

constexpr int kOrderColumns = 12;

constexpr char kInsertOrder[] =
    "INSERT INTO deletion_order (order_id, vendor_id, cause, open_time, due_time, count, digest, "
    "state, confirm_time, refused, statement, signature, chain, closed_by, reason) VALUES ($1, $2, "
    "$3, $4, $5, $6, $7, 1, NULL, 0, $8, $9, $10, '', '')";
constexpr char kInsertItems[] =
    "INSERT INTO deletion_item (order_id, assignment_id) SELECT c1, c2 FROM rows($1)";
constexpr char kSelectOne[] = "SELECT " ORDER_COLUMNS
                              ", statement, signature, chain FROM deletion_order WHERE order_id = "
                              "$1";
constexpr char kSelectByIds[] =
    "SELECT " ORDER_COLUMNS " FROM rows($1) CROSS JOIN deletion_order WHERE order_id = c1";
// Of open ones the indexes of these alone are walked, however many were closed.
constexpr char kList[] =
    "SELECT " ORDER_COLUMNS " FROM deletion_order WHERE order_id > $1 ORDER BY order_id LIMIT $2";
constexpr char kListOpen[] =
    "SELECT " ORDER_COLUMNS
    " FROM deletion_order WHERE state = 1 AND order_id > $1 AND due_time <= $2 ORDER BY order_id "
    "LIMIT $3";
constexpr char kListOfVendor[] =
    "SELECT " ORDER_COLUMNS
    " FROM deletion_order WHERE vendor_id = $1 AND order_id > $2 ORDER BY order_id LIMIT $3";
constexpr char kListOpenOfVendor[] =
    "SELECT " ORDER_COLUMNS
    " FROM deletion_order WHERE state = 1 AND vendor_id = $1 AND order_id > $2 AND due_time <= $3 "
    "ORDER BY order_id LIMIT $4";
constexpr char kSelectItems[] =
    "SELECT assignment_id FROM deletion_item WHERE order_id = $1 ORDER BY assignment_id";
constexpr char kClose[] =
    "UPDATE deletion_order SET state = $1, confirm_time = $2, statement = $3, signature = $4, "
    "chain "
    "= $5, closed_by = $6, reason = $7 WHERE order_id = $8 AND state = 1";
constexpr char kCountRefused[] =
    "UPDATE deletion_order SET refused = refused + 1 WHERE order_id = $1";
constexpr char kCountOpen[] =
    "SELECT vendor_id, COUNT(*), CAST(SUM(CASE WHEN due_time <= $1 THEN 1 ELSE 0 END) AS BIGINT) "
    "FROM deletion_order WHERE state = 1 GROUP BY vendor_id ORDER BY vendor_id";
constexpr char kCountDue[] =
    "SELECT vendor_id, state, COUNT(*), CAST(SUM(CASE WHEN due_time <= $1 THEN 1 ELSE 0 END) AS "
    "BIGINT), CAST(SUM(refused) AS BIGINT) FROM deletion_order WHERE due_time >= $2 AND due_time < "
    "$3 AND ($4 = '' OR vendor_id = $4) GROUP BY vendor_id, state ORDER BY vendor_id, state";

Order FromRow(const Row& row) {
  Order order;
  order.order_id = row.Text(0);
  order.vendor_id = row.Text(1);
  order.cause = static_cast<Cause>(row.Integer(2));
  order.open_time_us = row.Integer(3);
  order.due_time_us = row.Integer(4);
  order.count = row.Integer(5);
  order.digest = row.Blob(6);
  order.state = static_cast<State>(row.Integer(7));
  order.confirm_time_us = row.Integer(8);
  order.refused = row.Integer(9);
  order.closed_by = row.Text(10);
  order.reason = row.Text(11);
  return order;
}

// The certificates alone, as they came.
std::string ChainOf(const v1::ConfirmDeletionRequest& confirmation) {
  v1::ConfirmDeletionRequest chain;
  *chain.mutable_certificates() = confirmation.certificates();
  return chain.SerializeAsString();
}

}  // namespace

v1::DeletionOrder Describe(const Order& order) {
  v1::DeletionOrder described;
  described.set_order_id(order.order_id);
  described.set_cause(order.cause);
  *described.mutable_open_time() = TimeUtil::MicrosecondsToTimestamp(order.open_time_us);
  *described.mutable_due_time() = TimeUtil::MicrosecondsToTimestamp(order.due_time_us);
  described.set_count(order.count);
  described.set_digest(order.digest);
  described.set_state(order.state);
  return described;
}

std::string DigestOf(const std::vector<std::string>& assignment_ids) {
  Sha256 digest;
  for (const std::string& id : assignment_ids) digest.Add(id).Add("\n");
  return digest.Finish();
}

absl::Status InsertOrder(storage::Transaction& transaction, const Order& order,
                         const std::vector<std::string>& assignment_ids) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::DeletionsKey(order.vendor_id)));
  const Value nothing = Value::Blob("");
  RETURN_IF_ERROR(transaction
                      .Execute(kInsertOrder, {order.order_id, order.vendor_id, int{order.cause},
                                              order.open_time_us, order.due_time_us, order.count,
                                              Value::Blob(order.digest), nothing, nothing, nothing})
                      .status());
  Rows rows({kText, kText}, assignment_ids.size());
  for (const std::string& id : assignment_ids) rows.Add({order.order_id, id});
  return transaction.Execute(kInsertItems, {rows}).status();
}

absl::StatusOr<std::optional<Order>> FindOrder(storage::Connection& connection,
                                               std::string_view order_id) {
  std::optional<Order> order;
  RETURN_IF_ERROR(connection.Query(kSelectOne, {order_id}, [&](const Row& row) {
    order = FromRow(row);
    if (!order->confirmation.ParseFromString(std::string(row.Blob(kOrderColumns + 2))))
      return absl::DataLossError("a stored chain of certificates cannot be parsed");
    order->confirmation.set_statement(std::string(row.Blob(kOrderColumns)));
    order->confirmation.set_signature(std::string(row.Blob(kOrderColumns + 1)));
    return absl::OkStatus();
  }));
  return order;
}

absl::StatusOr<std::map<std::string, Order, std::less<>>> FindOrders(
    storage::Connection& connection, const std::vector<std::string>& order_ids) {
  std::map<std::string, Order, std::less<>> orders;
  const Rows ids = storage::RowsOf(order_ids);
  RETURN_IF_ERROR(connection.Query(kSelectByIds, {ids}, [&](const Row& row) {
    Order order = FromRow(row);
    orders.emplace(order.order_id, std::move(order));
    return absl::OkStatus();
  }));
  return orders;
}

absl::StatusOr<std::vector<Order>> ListOrders(storage::Connection& connection,
                                              const OrderFilter& filter, int limit) {
  std::vector<Order> orders;
  const auto add = [&](const Row& row) {
    orders.push_back(FromRow(row));
    return absl::OkStatus();
  };
  const bool open = filter.open_only || filter.overdue_at.has_value();
  const int64_t due_us = filter.overdue_at.has_value() ? absl::ToUnixMicros(*filter.overdue_at)
                                                       : std::numeric_limits<int64_t>::max();
  const std::string& vendor_id = filter.vendor_id;
  if (vendor_id.empty()) {
    RETURN_IF_ERROR(open ? connection.Query(kListOpen, {filter.after, due_us, limit}, add)
                         : connection.Query(kList, {filter.after, limit}, add));
  } else {
    RETURN_IF_ERROR(
        open ? connection.Query(kListOpenOfVendor, {vendor_id, filter.after, due_us, limit}, add)
             : connection.Query(kListOfVendor, {vendor_id, filter.after, limit}, add));
  }
  return orders;
}

absl::StatusOr<std::vector<std::string>> ItemsOf(storage::Connection& connection,
                                                 std::string_view order_id) {
  std::vector<std::string> ids;
  RETURN_IF_ERROR(connection.Query(kSelectItems, {order_id}, [&](const Row& row) {
    ids.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  return ids;
}

absl::Status CloseOrder(storage::Transaction& transaction, const Order& order) {
  SWITCHBOARD_ASSERT(!order.open() && transaction.Holds(book::DeletionsKey(order.vendor_id)));
  const std::string chain = ChainOf(order.confirmation);
  ASSIGN_OR_RETURN(
      const int64_t changed,
      transaction.Execute(kClose, {int{order.state}, storage::TimeOrNull(order.confirm_time_us),
                                   Value::Blob(order.confirmation.statement()),
                                   Value::Blob(order.confirmation.signature()), Value::Blob(chain),
                                   order.closed_by, order.reason, order.order_id}));
  return changed == 1 ? absl::OkStatus()
                      : absl::InternalError("an order to delete to be closed was not open");
}

absl::Status CountRefused(storage::Transaction& transaction, std::string_view order_id) {
  return transaction.Execute(kCountRefused, {order_id}).status();
}

absl::StatusOr<std::vector<OpenOrders>> CountOpenOrders(storage::Connection& reader,
                                                        absl::Time now) {
  std::vector<OpenOrders> counts;
  RETURN_IF_ERROR(reader.Query(kCountOpen, {absl::ToUnixMicros(now)}, [&](const Row& row) {
    counts.push_back({std::string(row.Text(0)), row.Integer(1), row.Integer(2)});
    return absl::OkStatus();
  }));
  return counts;
}

absl::StatusOr<std::vector<OrderCounts>> CountOrdersDue(storage::Connection& reader,
                                                        std::string_view vendor_id, int64_t from_us,
                                                        int64_t to_us, absl::Time now) {
  std::vector<OrderCounts> counts;
  const int64_t now_us = absl::ToUnixMicros(now);
  RETURN_IF_ERROR(reader.Query(kCountDue, {now_us, from_us, to_us, vendor_id}, [&](const Row& row) {
    if (counts.empty() || counts.back().vendor_id != row.Text(0))
      counts.push_back({std::string(row.Text(0))});
    OrderCounts& sum = counts.back();
    const int64_t orders = row.Integer(2);
    sum.due += orders;
    sum.refused += row.Integer(4);
    switch (static_cast<State>(row.Integer(1))) {
      case v1::DeletionOrder::STATE_CONFIRMED:
        sum.in_time = orders;
        break;
      case v1::DeletionOrder::STATE_CONFIRMED_LATE:
        sum.late = orders;
        break;
      case v1::DeletionOrder::STATE_WAIVED:
        sum.waived = orders;
        break;
      default:
        sum.overdue = row.Integer(3);
    }
    return absl::OkStatus();
  }));
  return counts;
}

}  // namespace switchboard::deletions

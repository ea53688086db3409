#include "hub/deletions/confirming.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "hub/assignments/assignments.h"
#include "hub/assignments/ended_work.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/bounded_record.h"
#include "hub/base/actor.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/proto_time.h"
#include "hub/book/holds.h"
#include "hub/deletions/passed_on.h"

namespace switchboard::deletions {
namespace {

// By how much a vendor's clock may run ahead of the hub's.
constexpr absl::Duration kClockSkewMax = absl::Minutes(1);
constexpr size_t kSubContractorBytesMax = 32;
constexpr int kSubContractorsMax = 50;
// They are kept with the order and shown with it. RSA of 8,192 bits signs 1 KiB.
constexpr size_t kSignatureBytesMax = 1024;
constexpr size_t kCertificatesBytesMax = size_t{64} << 10;

size_t BytesOf(const google::protobuf::RepeatedPtrField<std::string>& certificates) {
  size_t bytes = 0;
  for (const std::string& one : certificates) bytes += one.size();
  return bytes;
}

v1::AuditEvent EventOf(std::string_view actor, const Order& order) {
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_DELETION_ORDER, actor);
  event.set_vendor_id(order.vendor_id);
  event.set_subject_id(order.order_id);
  event.set_count(order.count);
  event.mutable_deletion()->set_state(order.state);
  event.mutable_deletion()->set_cause(order.cause);
  event.mutable_deletion()->set_due_us(order.due_time_us);
  return event;
}

absl::Status Differs(const std::string& what) {
  return Error(absl::StatusCode::kFailedPrecondition, "DELETION_DIFFERS",
               what + "; look at the order again (ListDeletionOrders)");
}

// What of the statement is not what the order is about; empty: nothing.
absl::StatusOr<std::string> FindDifference(storage::Connection& connection, const Order& order,
                                           const v1::DeletionStatement& statement) {
  if (statement.count() != order.count) return "count: is not that of the order";
  if (statement.digest() != order.digest) return "digest: is not that of the order's assignments";
  ASSIGN_OR_RETURN(const auto passed_on_to, SubContractorsOf(connection, order.order_id));
  const auto& named = statement.sub_contractor_ids();
  for (const std::string& id : passed_on_to) {
    if (std::find(named.begin(), named.end(), id) == named.end())
      return "sub_contractor_ids: one that was given data is missing";
  }
  return "";
}

// A statement of a time at which there was still work to be done says nothing of all of it.
absl::Status CheckDeleteTime(storage::Transaction& transaction, const Order& order,
                             const v1::DeletionStatement& statement) {
  FieldCheck check;
  check.TimeUntil(statement.delete_time(), transaction.now(), kClockSkewMax, "delete_time");
  if (!check.ok()) return FieldInvalid(*check.problem());
  ASSIGN_OR_RETURN(auto ids, ItemsOf(transaction.connection(), order.order_id));
  ASSIGN_OR_RETURN(const auto work,
                   assignments::FindAssignments(transaction.connection(), std::move(ids)));
  int64_t last_us = 0;
  for (const auto& [id, one] : work) last_us = std::max(last_us, one.withdraw_time_us);
  check.Require(TimeOf(statement.delete_time()) + kClockSkewMax >= absl::FromUnixMicros(last_us),
                "delete_time", "must not lie before the end of the work that it is about");
  return check.ok() ? absl::OkStatus() : FieldInvalid(*check.problem());
}

absl::Status RecordRefused(storage::Transaction& transaction, const Order& order,
                           const absl::Status& why) {
  RETURN_IF_ERROR(CountRefused(transaction, order.order_id));
  v1::AuditEvent event = EventOf(ActorOfVendor(order.vendor_id), order);
  event.mutable_deletion()->set_refused(ErrorReason(why));
  return audit::RecordBounded(transaction, std::move(event));
}

absl::StatusOr<std::optional<Order>> HoldOwn(storage::Transaction& transaction,
                                             std::string_view vendor_id,
                                             std::string_view order_id) {
  const storage::Key orders = book::DeletionsKey(vendor_id);
  RETURN_IF_ERROR(transaction.Hold({&orders, 1}));
  ASSIGN_OR_RETURN(auto order, FindOrder(transaction.connection(), order_id));
  if (order.has_value() && order->vendor_id != vendor_id) order.reset();
  return order;
}

absl::Status WaiveOne(storage::Transaction& transaction, std::string_view actor, Order order,
                      std::string_view reason) {
  order.state = v1::DeletionOrder::STATE_WAIVED;
  order.confirmation.Clear();
  order.closed_by = actor;
  order.reason = reason;
  RETURN_IF_ERROR(CloseOrder(transaction, order));
  audit::Record(transaction, EventOf(actor, order));
  return absl::OkStatus();
}

}  // namespace

absl::Status OrderUnknown() {
  return Error(absl::StatusCode::kNotFound, "DELETION_ORDER_UNKNOWN",
               "order_id: no such order to delete");
}

absl::StatusOr<v1::DeletionStatement> ReadStatement(std::string_view vendor_id,
                                                    const v1::ConfirmDeletionRequest& request) {
  v1::DeletionStatement statement;
  FieldCheck check;
  check.Require(!request.statement().empty() && request.statement().size() <= kStatementBytesMax &&
                    statement.ParseFromString(request.statement()),
                "statement", "must be a DeletionStatement of at most 4 KiB, serialized");
  check.Require(!request.signature().empty(), "signature", "is missing");
  check.Require(request.signature().size() <= kSignatureBytesMax, "signature",
                "must be at most 1 KiB");
  check.Require(!request.certificates().empty(), "certificates", "are missing");
  check.Require(BytesOf(request.certificates()) <= kCertificatesBytesMax, "certificates",
                "must be at most 64 KiB together");
  if (check.ok()) {
    check.Id(statement.order_id(), "statement.order_id");
    check.Require(statement.vendor_id() == vendor_id, "statement.vendor_id", "must be your own id");
    check.Require(statement.has_delete_time(), "statement.delete_time", "is missing");
    check.Require(statement.sub_contractor_ids_size() <= kSubContractorsMax,
                  "statement.sub_contractor_ids", "must be at most 50");
    for (const std::string& id : statement.sub_contractor_ids())
      check.Label(id, 1, kSubContractorBytesMax, "statement.sub_contractor_ids");
  }
  if (!check.ok()) return FieldInvalid(*check.problem());
  return statement;
}

absl::StatusOr<Confirmed> Confirm(storage::Transaction& transaction, std::string_view vendor_id,
                                  const v1::ConfirmDeletionRequest& request,
                                  const v1::DeletionStatement& statement) {
  ASSIGN_OR_RETURN(auto order, HoldOwn(transaction, vendor_id, statement.order_id()));
  if (!order.has_value()) return OrderUnknown();
  if (order->state == v1::DeletionOrder::STATE_WAIVED) return Confirmed{Describe(*order), {}};
  if (!order->open()) {
    if (order->confirmation.statement() == request.statement())
      return Confirmed{Describe(*order), {}};
    return Error(absl::StatusCode::kFailedPrecondition, "DELETION_CONFIRMED",
                 "order_id: it was confirmed before, by another statement");
  }
  ASSIGN_OR_RETURN(const std::string difference,
                   FindDifference(transaction.connection(), *order, statement));
  if (!difference.empty()) {
    const absl::Status refusal = Differs(difference);
    RETURN_IF_ERROR(RecordRefused(transaction, *order, refusal));
    return Confirmed{Describe(*order), refusal};
  }
  RETURN_IF_ERROR(CheckDeleteTime(transaction, *order, statement));
  order->confirm_time_us = transaction.now_us();
  order->state = order->confirm_time_us > order->due_time_us
                     ? v1::DeletionOrder::STATE_CONFIRMED_LATE
                     : v1::DeletionOrder::STATE_CONFIRMED;
  order->confirmation = request;
  RETURN_IF_ERROR(CloseOrder(transaction, *order));
  v1::AuditEvent event = EventOf(ActorOfVendor(vendor_id), *order);
  event.set_digest(Sha256Of(request.statement()));
  audit::Record(transaction, std::move(event));
  return Confirmed{Describe(*order), {}};
}

absl::Status NoteRefused(storage::Transaction& transaction, std::string_view vendor_id,
                         std::string_view order_id, const absl::Status& why) {
  ASSIGN_OR_RETURN(const auto order, HoldOwn(transaction, vendor_id, order_id));
  if (!order.has_value() || !order->open()) return absl::OkStatus();
  return RecordRefused(transaction, *order, why);
}

absl::Status Waive(storage::Transaction& transaction, std::string_view actor,
                   std::string_view order_id, std::string_view reason) {
  ASSIGN_OR_RETURN(const auto found, FindOrder(transaction.connection(), order_id));
  if (!found.has_value()) return OrderUnknown();
  ASSIGN_OR_RETURN(auto order, HoldOwn(transaction, found->vendor_id, order_id));
  if (!order.has_value()) return OrderUnknown();
  if (order->state == v1::DeletionOrder::STATE_WAIVED) return absl::OkStatus();
  if (!order->open()) {
    return Error(absl::StatusCode::kFailedPrecondition, "DELETION_ORDER_NOT_OPEN",
                 "order_id: its vendor has confirmed it");
  }
  return WaiveOne(transaction, actor, *std::move(order), reason);
}

absl::StatusOr<int64_t> WaiveAll(storage::Transaction& transaction, std::string_view actor,
                                 std::string_view vendor_id, std::string_view reason, int limit) {
  const storage::Key key = book::DeletionsKey(vendor_id);
  RETURN_IF_ERROR(transaction.Hold({&key, 1}));
  OrderFilter filter;
  filter.vendor_id = vendor_id;
  filter.open_only = true;
  ASSIGN_OR_RETURN(auto open, ListOrders(transaction.connection(), filter, limit));
  for (Order& order : open) RETURN_IF_ERROR(WaiveOne(transaction, actor, std::move(order), reason));
  return static_cast<int64_t>(open.size());
}

absl::StatusOr<int64_t> TakeBack(storage::Transaction& transaction,
                                 const std::vector<std::string>& person_ids) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::LegalHoldsKey()));
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const auto ids, assignments::OrdersOfPersons(connection, person_ids));
  ASSIGN_OR_RETURN(auto orders, FindOrders(connection, ids));
  std::vector<storage::Key> keys;
  for (const auto& [id, order] : orders)
    if (order.open()) keys.push_back(book::DeletionsKey(order.vendor_id));
  RETURN_IF_ERROR(transaction.Hold(keys));
  if (!transaction.alone()) {
    ASSIGN_OR_RETURN(orders, FindOrders(connection, ids));
  }
  int64_t taken_back = 0;
  for (auto& [id, order] : orders) {
    if (!order.open()) continue;
    ASSIGN_OR_RETURN(const auto items, ItemsOf(connection, id));
    RETURN_IF_ERROR(assignments::TakeOutOfOrder(transaction, items, id));
    RETURN_IF_ERROR(WaiveOne(transaction, "hub", std::move(order),
                             "a legal hold lets vendors keep some of it"));
    ++taken_back;
  }
  return taken_back;
}

}  // namespace switchboard::deletions

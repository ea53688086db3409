#include "adapters/client/deletions.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "clients/transport/retry.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"

namespace switchboard::adapters {
namespace {

constexpr char kFindDeleted[] = "SELECT delete_time FROM deleted WHERE assignment_id = $1";
constexpr char kForget[] = "DELETE FROM deleted WHERE delete_time < $1";

// What the feed would have said of it.
v1::WithdrawReason ReasonOf(v1::DeletionOrder::Cause cause) {
  switch (cause) {
    case v1::DeletionOrder::CAUSE_RECALL:
      return v1::WITHDRAW_REASON_RECALLED;
    case v1::DeletionOrder::CAUSE_CONTRACT:
      return v1::WITHDRAW_REASON_NOT_ALLOWED;
    default:
      return v1::WITHDRAW_REASON_UNSPECIFIED;
  }
}

// As DeletionOrder.digest says it.
std::string DigestOf(const Deletions::Order& order) {
  std::string ids;
  for (const std::string& id : order.assignment_ids()) ids += id + "\n";
  return Sha256Of(ids);
}

absl::Status CheckOrder(const Deletions::Order& order) {
  const auto& ids = order.assignment_ids();
  if (order.deletion_order().count() == ids.size() && std::is_sorted(ids.begin(), ids.end()) &&
      order.deletion_order().digest() == DigestOf(order)) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kInternal, "DELETION_ORDER_BROKEN",
               "an order's count or digest is not that of the assignments that came with it",
               {{"order_id", order.deletion_order().order_id()}});
}

// Whether the hub waits for this order no longer, whatever it says.
bool IsOver(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  return status.ok() || reason == "DELETION_CONFIRMED" || reason == "DELETION_ORDER_UNKNOWN";
}

}  // namespace

Deletions::Deletions(VendorFile& file, Mirror& mirror, std::function<uint64_t()> random,
                     Callbacks callbacks)
    : file_(file), mirror_(mirror), random_(std::move(random)), callbacks_(std::move(callbacks)) {}

absl::StatusOr<std::optional<Deletions::Step>> Deletions::Next(absl::Time now) {
  if (under_way_) return std::nullopt;
  while (!orders_.empty()) {
    const Order order = std::move(orders_.front());
    orders_.pop_front();
    auto statement = CarryOut(now, order);
    if (!statement.ok() || !statement->has_value()) left_ = true;
    if (!statement.ok()) return statement.status();
    if (!statement->has_value()) continue;
    under_way_ = true;
    confirming_ = order.deletion_order().order_id();
    return Step(**std::move(statement));
  }
  if (!asking_) {
    if (waited_from_ == absl::InfinitePast() || now < waited_from_) waited_from_ = now;
    if (now - waited_from_ < wait_) return std::nullopt;
    asking_ = true;
    left_ = soon_ = false;
    after_.clear();
  }
  v1::ListDeletionOrdersRequest request;
  request.set_after(after_);
  under_way_ = true;
  return Step(std::move(request));
}

absl::StatusOr<std::optional<v1::DeletionStatement>> Deletions::CarryOut(absl::Time now,
                                                                         const Order& order) {
  RETURN_IF_ERROR(CheckOrder(order));
  RETURN_IF_ERROR(DeleteRows(order));
  const std::string& order_id = order.deletion_order().order_id();
  if (callbacks_.on_order) {
    if (callbacks_.on_order(order) == DeletionAnswer::kLater) {
      gone_.erase(order_id);
      return std::nullopt;
    }
    gone_.emplace(order_id, now);
  } else if (!order.sub_contractor_ids().empty()) {
    return Error(absl::StatusCode::kFailedPrecondition, "DELETION_NOT_ANSWERED",
                 "an order is about sub-contractors' copies too: only on_deletion_order can say "
                 "that they are gone",
                 {{"order_id", order_id}});
  }
  ASSIGN_OR_RETURN(const absl::Time deleted_at, DeletedAt(now, order));
  v1::DeletionStatement statement;
  statement.set_order_id(order_id);
  statement.set_count(order.assignment_ids_size());
  statement.set_digest(DigestOf(order));
  *statement.mutable_delete_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(deleted_at));
  *statement.mutable_sub_contractor_ids() = order.sub_contractor_ids();
  return statement;
}

absl::Status Deletions::DeleteRows(const Order& order) {
  ASSIGN_OR_RETURN(const std::vector<std::string> were_here,
                   mirror_.Delete(order.assignment_ids()));
  if (!callbacks_.on_change) return absl::OkStatus();
  for (const std::string& id : were_here) {
    v1::SyncResponse::Change change;
    change.mutable_withdrawn()->set_assignment_id(id);
    change.mutable_withdrawn()->set_reason(ReasonOf(order.deletion_order().cause()));
    callbacks_.on_change(change);
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> Deletions::DeletedAt(absl::Time now, const Order& order) {
  absl::Time newest = absl::InfinitePast();
  for (const std::string& id : order.assignment_ids()) {
    RETURN_IF_ERROR(file_.connection().Query(kFindDeleted, {id}, [&](const storage::Row& row) {
      newest = std::max(newest, absl::FromUnixMicros(row.Integer(0)));
      return absl::OkStatus();
    }));
  }
  if (const auto gone = gone_.find(order.deletion_order().order_id()); gone != gone_.end())
    newest = std::max(newest, gone->second);
  // None of it was ever here.
  if (newest == absl::InfinitePast()) return TimeOf(order.deletion_order().open_time());
  // Where the clock ran ahead then: by now it is gone.
  return std::min(newest, now);
}

absl::Status Deletions::OnOrders(absl::Time now,
                                 const absl::StatusOr<v1::ListDeletionOrdersResponse>& answer) {
  under_way_ = false;
  if (!answer.ok()) {
    left_ = true;
    RETURN_IF_ERROR(EndRound(now));
    return answer.status();
  }
  if (answer->orders().empty()) return EndRound(now);
  const std::string& last = answer->orders(answer->orders_size() - 1).deletion_order().order_id();
  if (last <= after_) {
    // It would be listed for ever.
    left_ = true;
    RETURN_IF_ERROR(EndRound(now));
    return Error(absl::StatusCode::kInternal, "DELETION_ORDER_BROKEN",
                 "orders came that had come before");
  }
  after_ = last;
  orders_.assign(answer->orders().begin(), answer->orders().end());
  return absl::OkStatus();
}

absl::Status Deletions::OnConfirmed(absl::Time now, const absl::Status& status) {
  under_way_ = false;
  const std::string order_id = std::exchange(confirming_, "");
  if (IsOver(status)) {
    gone_.erase(order_id);
    return absl::OkStatus();
  }
  left_ = true;
  // Where the time is refused, a clock was wrong when the row was deleted: by now it is gone.
  if (ErrorReason(status) == "FIELD_INVALID") gone_.insert_or_assign(order_id, now);
  if (transport::MayRetry(status)) RETURN_IF_ERROR(EndRound(now));
  return status;
}

absl::Status Deletions::EndRound(absl::Time now) {
  asking_ = false;
  orders_.clear();
  if (!left_) again_.Reset();
  const absl::Duration wait = left_ ? std::max(kAskSoon, again_.Next(random_())) : kAsk;
  Wait(now, soon_ ? kAskSoon : wait);
  return file_.Transact([&] {
    return file_.connection().Execute(kForget, {absl::ToUnixMicros(now - kKept)}).status();
  });
}

void Deletions::AskSoon(absl::Time now) {
  soon_ = true;
  if (!asking_ && waited_from_ + wait_ > now + kAskSoon) Wait(now, kAskSoon);
}

void Deletions::Wait(absl::Time now, absl::Duration wait) {
  waited_from_ = now;
  wait_ = wait;
}

}  // namespace switchboard::adapters

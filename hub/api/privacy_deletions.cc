#include <utility>

#include "google/protobuf/util/time_util.h"
#include "hub/api/field_error.h"
#include "hub/api/privacy_api.h"
#include "hub/api/read_for.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/deletions/confirming.h"
#include "hub/deletions/deletion_book.h"
#include "hub/reports/scorecard.h"
#include "hub/storage/submit.h"

// Orders to delete as the issuer's officers see them, and how vendors keep to them.

namespace switchboard::api {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Transaction;
using storage::Urgency;
using Line = v1::FindDeletionOrdersResponse::Line;

constexpr int kLinesMax = 1'000;
constexpr size_t kVendorBytesMax = 32;
constexpr size_t kReasonBytesMax = 200;

std::optional<FieldProblem> Check(const v1::FindDeletionOrdersRequest& request) {
  FieldCheck check;
  if (!request.order_id().empty()) {
    check.Id(request.order_id(), "order_id");
    check.Require(request.vendor_id().empty() && !request.overdue_only() && !request.open_only() &&
                      request.after().empty() && request.max_orders() == 0,
                  "order_id", "asks for one order; leave the other fields out");
    return check.problem();
  }
  if (!request.vendor_id().empty())
    check.Label(request.vendor_id(), 1, kVendorBytesMax, "vendor_id");
  if (!request.after().empty()) check.Id(request.after(), "after");
  CheckPage(request.max_orders(), kLinesMax, "max_orders", check);
  return check.problem();
}

Line LineOf(const deletions::Order& order, absl::Time now) {
  Line line;
  line.set_vendor_id(order.vendor_id);
  *line.mutable_deletion_order() = deletions::Describe(order);
  line.set_overdue(order.IsOverdue(now));
  if (order.confirm_time_us != 0)
    *line.mutable_confirm_time() = TimeUtil::MicrosecondsToTimestamp(order.confirm_time_us);
  line.set_waived_by(order.closed_by);
  line.set_waive_reason(order.reason);
  return line;
}

absl::StatusOr<v1::FindDeletionOrdersResponse> ReadOne(storage::Connection& reader,
                                                       const std::string& order_id,
                                                       absl::Time now) {
  ASSIGN_OR_RETURN(auto order, deletions::FindOrder(reader, order_id));
  if (!order.has_value()) return deletions::OrderUnknown();
  ASSIGN_OR_RETURN(const auto items, deletions::ItemsOf(reader, order_id));
  v1::FindDeletionOrdersResponse response;
  Line& line = *response.add_lines();
  line = LineOf(*order, now);
  line.mutable_assignment_ids()->Assign(items.begin(), items.end());
  if (!order->confirmation.statement().empty())
    *line.mutable_confirmation() = std::move(order->confirmation);
  return response;
}

}  // namespace

void PrivacyApi::FindDeletionOrders(const identity::Peer& caller,
                                    v1::FindDeletionOrdersRequest request,
                                    Done<v1::FindDeletionOrdersResponse> done) {
  if (const auto problem = Check(request)) return done(FieldInvalid(*problem));
  ReadFor<v1::FindDeletionOrdersResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::FindDeletionOrdersResponse> {
        const absl::Time now = parts_.clock.Now();
        if (!request.order_id().empty()) return ReadOne(reader, request.order_id(), now);
        deletions::OrderFilter filter;
        filter.vendor_id = request.vendor_id();
        filter.open_only = request.open_only();
        if (request.overdue_only()) filter.overdue_at = now;
        filter.after = request.after();
        ASSIGN_OR_RETURN(
            const auto orders,
            deletions::ListOrders(reader, filter, PageOf(request.max_orders(), kLinesMax)));
        v1::FindDeletionOrdersResponse response;
        for (const deletions::Order& order : orders) *response.add_lines() = LineOf(order, now);
        return response;
      },
      std::move(done));
}

void PrivacyApi::WaiveDeletionOrder(const identity::Peer& caller,
                                    v1::WaiveDeletionOrderRequest request,
                                    Done<v1::WaiveDeletionOrderResponse> done) {
  FieldCheck check;
  check.Id(request.order_id(), "order_id");
  check.Name(request.mutable_reason(), 1, kReasonBytesMax, "reason");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  storage::SubmitFor<v1::WaiveDeletionOrderResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [actor = caller.Actor(), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::WaiveDeletionOrderResponse> {
        RETURN_IF_ERROR(deletions::Waive(transaction, actor, request.order_id(), request.reason()));
        return v1::WaiveDeletionOrderResponse();
      },
      std::move(done));
}

void PrivacyApi::ReportVendors(const identity::Peer& caller, v1::ReportVendorsRequest request,
                               Done<v1::ReportVendorsResponse> done) {
  FieldCheck check;
  if (!request.vendor_id().empty())
    check.Label(request.vendor_id(), 1, kVendorBytesMax, "vendor_id");
  if (request.has_from_day()) check.Day(request.from_day(), "from_day");
  if (request.has_through_day()) check.Day(request.through_day(), "through_day");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  ReadFor<v1::ReportVendorsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](storage::Connection& reader) {
        return reports::ReportVendors(reader, request, parts_.clock.Now());
      },
      std::move(done));
}

}  // namespace switchboard::api

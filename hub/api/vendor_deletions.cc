#include <memory>
#include <utility>

#include "hub/api/field_error.h"
#include "hub/api/read_for.h"
#include "hub/api/vendor_api.h"
#include "hub/base/error.h"
#include "hub/deletions/confirming.h"
#include "hub/deletions/deletion_book.h"
#include "hub/deletions/passed_on.h"
#include "hub/masking/silent_messages.h"
#include "hub/permits/permit_tally.h"
#include "hub/storage/submit.h"

// What vendors do about orders to delete, and of what they pass on.

namespace switchboard::api {
namespace {

using masking::Silently;
using storage::Transaction;
using storage::Urgency;

constexpr int kOrdersMax = 100;
constexpr size_t kPageBytesMax = size_t{2} << 20;
constexpr int kPassedOnMax = 500;
constexpr size_t kSubContractorBytesMax = 32;

// A page of a vendor's orders, each whole. One that is alone may be larger.
absl::StatusOr<v1::ListDeletionOrdersResponse> ReadOrders(storage::Connection& reader,
                                                          const deletions::OrderFilter& filter,
                                                          int limit) {
  ASSIGN_OR_RETURN(const auto orders, deletions::ListOrders(reader, filter, limit));
  v1::ListDeletionOrdersResponse response;
  size_t bytes = 0;
  for (const deletions::Order& order : orders) {
    v1::ListDeletionOrdersResponse::Order whole;
    *whole.mutable_deletion_order() = deletions::Describe(order);
    ASSIGN_OR_RETURN(const auto items, deletions::ItemsOf(reader, order.order_id));
    whole.mutable_assignment_ids()->Assign(items.begin(), items.end());
    ASSIGN_OR_RETURN(const auto subs, deletions::SubContractorsOf(reader, order.order_id));
    whole.mutable_sub_contractor_ids()->Assign(subs.begin(), subs.end());
    bytes += whole.ByteSizeLong();
    if (bytes > kPageBytesMax && response.orders_size() > 0) break;
    *response.add_orders() = std::move(whole);
  }
  return response;
}

std::optional<FieldProblem> Check(const v1::PassOnRequest& request) {
  FieldCheck check;
  check.Label(request.sub_contractor_id(), 1, kSubContractorBytesMax, "sub_contractor_id");
  check.Require(!request.assignment_ids().empty() && request.assignment_ids_size() <= kPassedOnMax,
                "assignment_ids", "must be 1 to 500");
  for (int i = 0; check.ok() && i < request.assignment_ids_size(); ++i)
    check.Id(request.assignment_ids(i), "assignment_ids[" + std::to_string(i) + "]");
  return check.problem();
}

}  // namespace

void VendorApi::ListDeletionOrders(const identity::Peer& caller,
                                   v1::ListDeletionOrdersRequest request,
                                   Done<ToVendor<v1::ListDeletionOrdersResponse>> done) {
  FieldCheck check;
  if (!request.after().empty()) check.Id(request.after(), "after");
  CheckPage(request.max_orders(), kOrdersMax, "max_orders", check);
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  ReadFor<v1::ListDeletionOrdersResponse>(
      parts_.stream.readers, parts_.reports, caller.Actor(),
      [this, vendor_id = caller.name, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::ListDeletionOrdersResponse> {
        RETURN_IF_ERROR(AnyContract(reader, parts_.stream.clock.Now(), vendor_id).status());
        deletions::OrderFilter filter;
        filter.vendor_id = vendor_id;
        filter.open_only = !request.closed_too();
        filter.after = request.after();
        return ReadOrders(reader, filter, PageOf(request.max_orders(), kOrdersMax));
      },
      Silently(std::move(done)));
}

void VendorApi::ConfirmDeletion(const identity::Peer& caller, v1::ConfirmDeletionRequest request,
                                Done<ToVendor<v1::ConfirmDeletionResponse>> answer) {
  auto statement = deletions::ReadStatement(caller.name, request);
  if (!statement.ok()) return answer(statement.status());
  Done<v1::ConfirmDeletionResponse> done = Silently(std::move(answer));
  // Where it keeps nobody else waiting: it costs what a handshake does.
  const bool posted = parts_.reports.Post(
      caller.Actor(),
      [this, caller, request = std::move(request), statement = *std::move(statement), done] {
        const absl::Status signature =
            parts_.check_signature ? parts_.check_signature(caller, request)
                                   : Error(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID",
                                           "this hub can check no signature");
        if (signature.ok()) return WriteConfirmation(caller, request, statement, done);
        parts_.stream.writer.Submit(
            Urgency::kBulk, caller.Actor(),
            [vendor_id = caller.name, order_id = statement.order_id(),
             signature](Transaction& transaction) {
              return deletions::NoteRefused(transaction, vendor_id, order_id, signature);
            },
            [done, signature](const absl::Status& noted) { done(noted.ok() ? signature : noted); });
      });
  if (!posted)
    done(OverloadedError("too many confirmations of yours are waiting", absl::Seconds(1)));
}

void VendorApi::WriteConfirmation(const identity::Peer& caller, v1::ConfirmDeletionRequest request,
                                  v1::DeletionStatement statement,
                                  Done<v1::ConfirmDeletionResponse> done) {
  storage::SubmitFor<deletions::Confirmed>(
      parts_.stream.writer, Urgency::kUrgent, caller.Actor(),
      [this, vendor_id = caller.name, request = std::move(request),
       statement =
           std::move(statement)](Transaction& transaction) -> absl::StatusOr<deletions::Confirmed> {
        RETURN_IF_ERROR(AnyContract(transaction, vendor_id).status());
        return deletions::Confirm(transaction, vendor_id, request, statement);
      },
      [done = std::move(done)](absl::StatusOr<deletions::Confirmed> confirmed) {
        if (!confirmed.ok()) return done(confirmed.status());
        if (!confirmed->refusal.ok()) return done(confirmed->refusal);
        v1::ConfirmDeletionResponse response;
        *response.mutable_deletion_order() = std::move(confirmed->order);
        done(std::move(response));
      });
}

void VendorApi::PassOn(const identity::Peer& caller, v1::PassOnRequest request,
                       Done<ToVendor<v1::PassOnResponse>> answer) {
  if (const auto problem = Check(request)) return answer(FieldInvalid(*problem));
  Done<v1::PassOnResponse> done = Silently(std::move(answer));
  const std::string to = request.sub_contractor_id();
  parts_.stream.writer.Submit(
      Urgency::kUrgent, caller.Actor(),
      [this, vendor_id = caller.name, request = std::move(request)](Transaction& transaction) {
        return deletions::PassOn(transaction, parts_.contracts, vendor_id, request);
      },
      [this, caller, to, done = std::move(done)](const absl::Status& passed) {
        if (ErrorReason(passed) != "SUB_CONTRACTOR_NOT_REGISTERED") {
          if (!passed.ok()) return done(passed);
          return done(v1::PassOnResponse());
        }
        // The unit that refused has left nothing behind, neither a count nor an event.
        parts_.stream.writer.Submit(
            Urgency::kBulk, caller.Actor(),
            [vendor_id = caller.name, passed, to](Transaction& transaction) {
              permits::CountForeignSub(transaction, vendor_id);
              return deletions::NoteNotPassedOn(transaction, vendor_id, to, passed);
            },
            [done, passed](const absl::Status&) { done(passed); });
      });
}

}  // namespace switchboard::api

#include <limits>

#include "absl/strings/str_cat.h"
#include "hub/api/privacy_api.h"
#include "hub/api/read_for.h"
#include "hub/assignments/ended_work.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/book/holds.h"
#include "hub/deletions/confirming.h"
#include "hub/deletions/opening.h"
#include "hub/reports/retention_report.h"
#include "hub/retention/pause.h"
#include "hub/storage/submit.h"
#include "hub/unmasking/unmasking_book.h"

namespace switchboard::api {
namespace {

using storage::Transaction;
using storage::Urgency;

constexpr int kOrdersPage = 1'000;
constexpr size_t kReasonBytesMax = 200;

std::optional<FieldProblem> Check(v1::RetireVendorRequest& request) {
  FieldCheck check;
  check.Label(request.vendor_id(), 1, 32, "vendor_id");
  check.Line(request.mutable_reason(), 1, kReasonBytesMax, "reason");
  check.ReachesNobody(request.reason(), "reason");
  return check.problem();
}

// What still waits to be put into an order comes into one as well, so that nothing of what the
// vendor was shown goes without a trace.
absl::Status OrderWhatIsLeft(Transaction& transaction, contracts::Contracts& contracts, IdMint& ids,
                             const std::string& vendor_id) {
  assignments::EndedWork after;
  after.withdraw_time_us = std::numeric_limits<int64_t>::min();
  while (true) {
    ASSIGN_OR_RETURN(auto work, assignments::EndedWorkOf(transaction.connection(), vendor_id, after,
                                                         deletions::kItemsMax));
    if (work.empty()) return absl::OkStatus();
    const bool last = work.size() < size_t{deletions::kItemsMax};
    after = work.back();
    RETURN_IF_ERROR(
        deletions::OrderDeletion(transaction, contracts, ids, {vendor_id, std::move(work)}));
    if (last) return absl::OkStatus();
  }
}

absl::StatusOr<int64_t> WaiveAll(Transaction& transaction, std::string_view actor,
                                 const v1::RetireVendorRequest& request) {
  int64_t waived = 0;
  while (true) {
    ASSIGN_OR_RETURN(const int64_t page,
                     deletions::WaiveAll(transaction, actor, request.vendor_id(), request.reason(),
                                         kOrdersPage));
    waived += page;
    if (page < kOrdersPage) return waived;
  }
}

}  // namespace

void PrivacyApi::ReportRetention(const identity::Peer& caller, v1::ReportRetentionRequest,
                                 Done<v1::ReportRetentionResponse> done) {
  ReadFor<v1::ReportRetentionResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this](storage::Connection& reader) {
        return reports::ReportRetention(reader, parts_.eraser, parts_.sealer, parts_.clock.Now());
      },
      done);
}

void PrivacyApi::ResumeRetention(const identity::Peer& caller, v1::ResumeRetentionRequest,
                                 Done<v1::ResumeRetentionResponse> done) {
  storage::SubmitFor<v1::ResumeRetentionResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [actor = caller.Actor()](
          Transaction& transaction) -> absl::StatusOr<v1::ResumeRetentionResponse> {
        ASSIGN_OR_RETURN(const bool resumed, retention::Resume(transaction));
        if (resumed) {
          v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
          event.mutable_occurrence()->set_what(v1::AuditEvent::Occurrence::WHAT_RETENTION_RESUMED);
          audit::Record(transaction, std::move(event));
        }
        return v1::ResumeRetentionResponse();
      },
      std::move(done));
}

void PrivacyApi::RetireVendor(const identity::Peer& caller, v1::RetireVendorRequest request,
                              Done<v1::RetireVendorResponse> done) {
  if (const auto problem = Check(request)) return done(FieldInvalid(*problem));
  storage::SubmitFor<v1::RetireVendorResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::RetireVendorResponse> {
        v1::RetireVendorResponse response;
        ASSIGN_OR_RETURN(const int64_t unacknowledged,
                         parts_.feed.Retire(transaction, request.vendor_id(), actor));
        response.set_unacknowledged(unacknowledged);
        RETURN_IF_ERROR(
            OrderWhatIsLeft(transaction, parts_.contracts, parts_.ids, request.vendor_id()));
        ASSIGN_OR_RETURN(const int64_t waived, WaiveAll(transaction, actor, request));
        response.set_waived_orders(waived);
        RETURN_IF_ERROR(unmasking::EndUnmaskings(transaction, request.vendor_id()).status());
        return response;
      },
      std::move(done));
}

}  // namespace switchboard::api

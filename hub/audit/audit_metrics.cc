#include "hub/audit/audit_metrics.h"

#include "absl/strings/ascii.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::audit {
namespace {

// "NOT_PLACED_REASON_STOPPED" → "STOPPED"
std::string WithoutPrefix(const std::string& name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

void Count(const v1::AuditEvent& event, telemetry::Metrics& metrics) {
  switch (event.kind()) {
    case v1::AuditEvent::KIND_IMPORTED:
      return metrics.accounts_imported.Add(event.count(), "accepted");
    case v1::AuditEvent::KIND_PLACED:
      return metrics.assignments_placed.Add(1, event.vendor_id());
    case v1::AuditEvent::KIND_NOT_PLACED:
      return metrics.accounts_not_placed.Add(
          1, WithoutPrefix(v1::NotPlacedReason_Name(event.not_placed()), "NOT_PLACED_REASON_"));
    case v1::AuditEvent::KIND_WITHDRAWN:
      return metrics.assignments_withdrawn.Add(
          1, event.vendor_id(),
          WithoutPrefix(v1::WithdrawReason_Name(event.withdrawn()), "WITHDRAW_REASON_"));
    case v1::AuditEvent::KIND_ACKNOWLEDGED:
      if (!event.assignment_id().empty())
        metrics.feed_rejections.Add(
            1, event.vendor_id(), v1::SyncRequest::Rejection::Reason_Name(event.rejected()));
      return;
    case v1::AuditEvent::KIND_PERMIT_GIVEN:
      return metrics.permits_given.Add(1, event.vendor_id());
    case v1::AuditEvent::KIND_PERMIT_REFUSED:
      return metrics.permits_refused.Add(
          1, event.vendor_id(), v1::Denial::Reason_Name(event.permit_refused().reasons(0)));
    case v1::AuditEvent::KIND_PERMIT_VOIDED:
      return metrics.permits_voided.Add(1, "stopped_or_withdrawn");
    case v1::AuditEvent::KIND_OUTCOME:
      metrics.outcomes_newest.Set(event.count());
      return metrics.outcomes_reported.Add(1, event.vendor_id(), "STATUS_RECORDED");
    case v1::AuditEvent::KIND_OUTCOMES_CONFIRMED:
      return metrics.outcomes_confirmed.Set(event.count());
    case v1::AuditEvent::KIND_QUARANTINED:
      return metrics.quarantined.Add(1, event.refused().kind());
    case v1::AuditEvent::KIND_ERASED:
      return metrics.rows_erased.Add(
          event.count(),
          absl::AsciiStrToLower(
              WithoutPrefix(v1::AuditEvent::Erased::What_Name(event.erased().what()), "WHAT_")));
    default:
      return;
  }
}

}  // namespace

void CountAuditEvents(const std::vector<std::string>& events, telemetry::Metrics& metrics) {
  v1::AuditEvent event;
  for (const std::string& bytes : events) {
    if (event.ParseFromString(bytes)) Count(event, metrics);
  }
}

}  // namespace switchboard::audit

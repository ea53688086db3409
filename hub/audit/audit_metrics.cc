#include "hub/audit/audit_metrics.h"

#include "switchboard/v1/audit.pb.h"

namespace switchboard::audit {
namespace {

// "REASON_STOPPED REASON_EXPIRED" → "REASON_STOPPED"
std::string_view FirstWord(std::string_view detail) { return detail.substr(0, detail.find(' ')); }

void Count(const v1::AuditEvent& event, telemetry::Metrics& metrics) {
  switch (event.kind()) {
    case v1::AuditEvent::KIND_IMPORTED:
      return metrics.accounts_imported.Add(event.count(), "accepted");
    case v1::AuditEvent::KIND_PLACED:
      return metrics.assignments_placed.Add(1, event.vendor_id());
    case v1::AuditEvent::KIND_NOT_PLACED:
      return metrics.accounts_not_placed.Add(1, event.detail());
    case v1::AuditEvent::KIND_WITHDRAWN:
      return metrics.assignments_withdrawn.Add(1, event.vendor_id(), event.detail());
    case v1::AuditEvent::KIND_ACKNOWLEDGED:
      if (!event.assignment_id().empty())
        metrics.feed_rejections.Add(1, event.vendor_id(), event.detail());
      return;
    case v1::AuditEvent::KIND_PERMIT_GIVEN:
      return metrics.permits_given.Add(1, event.vendor_id());
    case v1::AuditEvent::KIND_PERMIT_REFUSED:
      return metrics.permits_refused.Add(1, event.vendor_id(), FirstWord(event.detail()));
    case v1::AuditEvent::KIND_PERMIT_VOIDED:
      return metrics.permits_voided.Add(1, "stopped_or_withdrawn");
    case v1::AuditEvent::KIND_OUTCOME:
      metrics.outcomes_newest.Set(event.count());
      return metrics.outcomes_reported.Add(1, event.vendor_id(), "STATUS_RECORDED");
    case v1::AuditEvent::KIND_OUTCOMES_CONFIRMED:
      return metrics.outcomes_confirmed.Set(event.count());
    case v1::AuditEvent::KIND_QUARANTINED:
      return metrics.quarantined.Add(1, FirstWord(event.detail()));
    case v1::AuditEvent::KIND_ERASED:
      return metrics.rows_erased.Add(event.count(), FirstWord(event.detail()));
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

#include "hub/audit/audit_metrics.h"

#include "absl/strings/ascii.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "hub/audit/quarantine.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::audit {
namespace {

constexpr char kAccepted[] = "accepted";
constexpr char kVoided[] = "stopped_or_withdrawn";
constexpr char kRecorded[] = "STATUS_RECORDED";

// "NOT_PLACED_REASON_STOPPED" → "STOPPED"
std::string WithoutPrefix(const std::string& name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::string LabelOf(v1::NotPlacedReason reason) {
  return WithoutPrefix(v1::NotPlacedReason_Name(reason), "NOT_PLACED_REASON_");
}
std::string LabelOf(v1::WithdrawReason reason) {
  return WithoutPrefix(v1::WithdrawReason_Name(reason), "WITHDRAW_REASON_");
}
std::string LabelOf(v1::PromiseStanding standing) {
  return WithoutPrefix(v1::PromiseStanding_Name(standing), "PROMISE_STANDING_");
}
std::string LabelOf(v1::AuditEvent::Erased::What what) {
  return absl::AsciiStrToLower(WithoutPrefix(v1::AuditEvent::Erased::What_Name(what), "WHAT_"));
}

// Every value of an enum but the one that is never set.
template <typename Enum, typename Visit>
void ForEach(Visit visit) {
  const auto& type = *google::protobuf::GetEnumDescriptor<Enum>();
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) visit(static_cast<Enum>(type.value(i)->number()));
  }
}

void Count(const v1::AuditEvent& event, telemetry::Metrics& metrics) {
  if (event.left_out() > 0) return metrics.audit_left_out.Add(event.left_out(), event.actor());
  switch (event.kind()) {
    case v1::AuditEvent::KIND_IMPORTED:
      return metrics.accounts_imported.Add(event.count(), kAccepted);
    case v1::AuditEvent::KIND_PLACED:
      return metrics.assignments_placed.Add(1, event.vendor_id());
    case v1::AuditEvent::KIND_NOT_PLACED:
      return metrics.accounts_not_placed.Add(1, LabelOf(event.not_placed()));
    case v1::AuditEvent::KIND_WITHDRAWN:
      return metrics.assignments_withdrawn.Add(1, event.vendor_id(), LabelOf(event.withdrawn()));
    case v1::AuditEvent::KIND_ACKNOWLEDGED:
      if (!event.assignment_id().empty())
        metrics.feed_rejections.Add(1, event.vendor_id(),
                                    v1::SyncRequest::Rejection::Reason_Name(event.rejected()));
      return;
    case v1::AuditEvent::KIND_PERMIT_GIVEN:
      return metrics.permits_given.Add(1, event.vendor_id());
    case v1::AuditEvent::KIND_PERMIT_REFUSED:
      return metrics.permits_refused.Add(
          1, event.vendor_id(), v1::Denial::Reason_Name(event.permit_refused().reasons(0)));
    case v1::AuditEvent::KIND_PERMIT_VOIDED:
      return metrics.permits_voided.Add(1, kVoided);
    case v1::AuditEvent::KIND_OUTCOME:
      metrics.core_feed_newest.Set(static_cast<double>(event.count()));
      return metrics.outcomes_reported.Add(1, event.vendor_id(), kRecorded);
    case v1::AuditEvent::KIND_OUTCOMES_CONFIRMED:
      return metrics.core_feed_confirmed.Set(
          static_cast<double>(event.count()), event.actor(),
          event.subject_id().empty() ? std::string(telemetry::kUnnamedReader) : event.subject_id());
    case v1::AuditEvent::KIND_PROMISE:
      return metrics.promises.Add(1, event.vendor_id(), LabelOf(event.promise().standing()));
    case v1::AuditEvent::KIND_QUARANTINED:
      if (event.refused().status() == kUnmappedStatus)
        metrics.outcomes_unmapped.Add(1, WithoutPrefix(event.actor(), "vendor/"));
      return metrics.quarantined.Add(1, event.refused().kind());
    case v1::AuditEvent::KIND_ERASED:
      return metrics.rows_erased.Add(event.count(), LabelOf(event.erased().what()));
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

void TouchCounters(telemetry::Metrics& metrics) {
  metrics.accounts_imported.Touch(kAccepted);
  metrics.permits_voided.Touch(kVoided);
  for (const char* kind : kQuarantineKinds) metrics.quarantined.Touch(kind);
  ForEach<v1::NotPlacedReason>(
      [&](auto reason) { metrics.accounts_not_placed.Touch(LabelOf(reason)); });
  ForEach<v1::AuditEvent::Erased::What>(
      [&](auto what) { metrics.rows_erased.Touch(LabelOf(what)); });
}

void TouchCountersOf(const std::string& vendor_id, telemetry::Metrics& metrics) {
  metrics.assignments_placed.Touch(vendor_id);
  metrics.permits_given.Touch(vendor_id);
  metrics.outcomes_reported.Touch(vendor_id, kRecorded);
  metrics.outcomes_unmapped.Touch(vendor_id);
}

void TouchReasonsOf(const std::string& vendor_id, telemetry::Metrics& metrics) {
  ForEach<v1::WithdrawReason>(
      [&](auto reason) { metrics.assignments_withdrawn.Touch(vendor_id, LabelOf(reason)); });
  ForEach<v1::Denial::Reason>([&](auto reason) {
    metrics.permits_refused.Touch(vendor_id, v1::Denial::Reason_Name(reason));
  });
  ForEach<v1::PromiseStanding>(
      [&](auto standing) { metrics.promises.Touch(vendor_id, LabelOf(standing)); });
  ForEach<v1::SyncRequest::Rejection::Reason>([&](auto reason) {
    metrics.feed_rejections.Touch(vendor_id, v1::SyncRequest::Rejection::Reason_Name(reason));
  });
}

}  // namespace switchboard::audit

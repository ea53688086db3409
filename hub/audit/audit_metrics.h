#pragma once

#include <string>
#include <vector>

#include "hub/telemetry/metrics.h"

namespace switchboard::audit {

// Counts what a durable commit recorded in the audit log, so that every number in the metrics
// stands for something that happened. `events`: serialized AuditEvents.
void CountAuditEvents(const std::vector<std::string>& events, telemetry::Metrics& metrics);

// Puts these counters into the text before anything has happened, with every label value that is
// known beforehand: those without a vendor, those of one vendor, and those of one vendor by reason.
void TouchCounters(telemetry::Metrics& metrics);
void TouchCountersOf(const std::string& vendor_id, telemetry::Metrics& metrics);
void TouchReasonsOf(const std::string& vendor_id, telemetry::Metrics& metrics);

}  // namespace switchboard::audit

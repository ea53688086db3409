#pragma once

#include <string>
#include <vector>

#include "hub/telemetry/metrics.h"

namespace switchboard::audit {

// Counts what a durable commit recorded in the audit log, so that every number in the metrics
// stands for something that happened. `events`: serialized AuditEvents.
void CountAuditEvents(const std::vector<std::string>& events, telemetry::Metrics& metrics);

}  // namespace switchboard::audit

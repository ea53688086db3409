#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace switchboard::demo {

// What one hub publishes of itself for monitors. Behind a proxy there is no other way to ask a
// certain hub.

// GET /metrics of 127.0.0.1 at this port: the body, at most 4 MiB. Blocking, at most two seconds
// for each step. Errors: UNAVAILABLE, METRICS_UNREADABLE.
absl::StatusOr<std::string> ReadMetrics(int port);

// The vendors that have a stream open there, by that body. Pure.
std::set<std::string> StreamingVendors(std::string_view metrics);

}  // namespace switchboard::demo

#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace switchboard::demo {

// What one hub publishes of itself for monitors. Behind a proxy there is no other way to ask a
// certain hub.

struct HubPage {
  int status = 0;  // of HTTP
  std::string body;
};

// GET of "/metrics", "/healthz" or "/readyz" of 127.0.0.1 at this port: at most 4 MiB. Blocking, at
// most two seconds for each step. Errors: UNAVAILABLE, PAGE_UNREADABLE.
absl::StatusOr<HubPage> ReadPage(int port, const std::string& path);

// The vendors that have a stream open there, by the body of /metrics. Pure.
std::set<std::string> StreamingVendors(std::string_view metrics);

}  // namespace switchboard::demo

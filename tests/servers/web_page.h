#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace switchboard::servers {

// What a server shows of itself for monitors, over plain HTTP: the hub, etcd, Patroni.
struct WebPage {
  int status = 0;  // of HTTP
  std::string body;
};

// GET of a path such as "/metrics" from 127.0.0.1 at this port: at most 4 MiB. Blocking, at most
// two seconds for each step. Errors: UNAVAILABLE, PAGE_UNREADABLE.
absl::StatusOr<WebPage> ReadPage(int port, const std::string& path);

}  // namespace switchboard::servers

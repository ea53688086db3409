#pragma once

#include "hub/telemetry/log.h"

namespace switchboard::edge {

// From construction to destruction gRPC's own lines are lines of this log: JSON, scrubbed, and at
// most so many in a time as the log allows of one event (grpc_error, grpc_info, grpc_debug). At
// most one lives in a process. Thread-safe: gRPC calls from its threads, also after its servers
// have gone.
class GrpcLines {
 public:
  // `log` outlives it.
  explicit GrpcLines(telemetry::Log& log);
  // Waits for a line under way; later ones go where gRPC would write them, standard error.
  ~GrpcLines();
  GrpcLines(const GrpcLines&) = delete;
  GrpcLines& operator=(const GrpcLines&) = delete;
};

}  // namespace switchboard::edge

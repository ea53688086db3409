#pragma once

#include "hub/telemetry/log.h"

namespace switchboard::edge {

// From construction to destruction the lines that gRPC and protobuf write of themselves are lines
// of this log: JSON, scrubbed, and at most so many in a time as the log allows of one event
// (grpc_error, grpc_info, grpc_debug; protobuf_error, protobuf_info). A peer makes protobuf write
// one with each text that is not UTF-8. At most one lives in a process. Construct it before other
// threads parse messages. Thread-safe otherwise: the libraries call from their threads, also after
// gRPC's servers have gone.
class LibraryLines {
 public:
  // `log` outlives it.
  explicit LibraryLines(telemetry::Log& log);
  // Waits for a line under way. Later ones of gRPC go to standard error, of protobuf nowhere: its
  // handler may not be set while messages are parsed.
  ~LibraryLines();
  LibraryLines(const LibraryLines&) = delete;
  LibraryLines& operator=(const LibraryLines&) = delete;
};

}  // namespace switchboard::edge

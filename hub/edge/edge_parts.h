#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/api/methods.h"
#include "hub/base/clock.h"
#include "hub/edge/calls.h"
#include "hub/edge/memory_budget.h"
#include "hub/guard/connection_book.h"
#include "hub/identity/peer.h"
#include "hub/identity/peer_trust.h"
#include "hub/telemetry/metrics.h"

namespace grpc {
class ServerContextBase;
}

namespace switchboard::edge {

// What every call of the edge needs. Outlives the server.
struct EdgeParts {
  const guard::ConnectionBook& connections;
  identity::PeerTrust& trust;
  Clock& clock;
  telemetry::Metrics& metrics;
  Calls& calls;
  MemoryBudget& memory;
  // How long the end of a stream may wait behind messages that its peer does not read.
  absl::Duration unread_end_max = absl::Seconds(10);
};

// Who calls, if it may call that method. What lasts asks again before it shows or takes anything
// further. Errors: as of AuthorizedCaller.
absl::StatusOr<identity::Peer> AdmittedCaller(const EdgeParts& parts,
                                              const grpc::ServerContextBase& context,
                                              const api::Method& method);

// A message as it was received, and what it may hold of the hub's memory until it is answered.
struct Received {
  std::string bytes;
  MemoryBudget::Share memory;
};
// Errors: RESOURCE_EXHAUSTED, REQUEST_TOO_LARGE: more than the method takes; RESOURCE_EXHAUSTED,
// MEMORY_BUSY. Judged before anything is copied or parsed.
absl::StatusOr<Received> Receive(const EdgeParts& parts, const grpc::ByteBuffer& buffer,
                                 const api::Method& method);

grpc::ByteBuffer BufferOf(const std::string& bytes);

// Counts a call that has ended.
void Count(const EdgeParts& parts, const api::Method& method, absl::Time begin,
           const absl::Status& status);

}  // namespace switchboard::edge

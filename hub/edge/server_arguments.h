#pragma once

#include "absl/time/time.h"

namespace grpc {
class ServerBuilder;
}

namespace switchboard::edge {

// How old a connection may grow.
struct ConnectionAge {
  // The peer is asked to open another one, and shows the certificate that it has then; what is
  // under way goes on.
  absl::Duration most = absl::Minutes(15);
  // How much longer what is under way may take before it is cut off.
  absl::Duration grace = absl::Hours(1);
};

// The limits every listener of the hub has, whoever calls. They bound what one connection may cost:
// - messages received: 8 MiB; a larger one is RESOURCE_EXHAUSTED without a reason and ends only its
//   call. No method takes more than 4 MiB, so that one that is too large as a rule gets its reason;
// - metadata of a call: 16 KiB; calls at a time on a connection: 256;
// - TLS handshake: 5 s;
// - a silent peer is pinged after 20 s and dropped when it does not answer within 10 s;
// - peers may ping every 10 s, also without a call (gRPC's default of 5 min would cut the
// keepalives
//   of vendors off with ENHANCE_YOUR_CALM);
// - the age of a connection: `age`, give or take a tenth;
// - gRPC's buffers together: 256 MiB;
// - SO_REUSEPORT off: a second hub on the same port fails instead of sharing it.
void ServerArguments(grpc::ServerBuilder& builder, const ConnectionAge& age = {});

}  // namespace switchboard::edge

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "hub/identity/peer_trust.h"
#include "hub/identity/tls_directory.h"

namespace grpc {
class ServerCredentials;
}

namespace switchboard::identity {

// TLS for the hub: a client certificate is asked for, required and verified against ca.crt; every
// other connection is closed within the handshake, and its client sees only "Socket closed":
// DiagnoseTls says more. A certificate that is verified but does not carry exactly one URI, a
// SPIFFE id of `trust_domain` that ParsePeer accepts, gets a connection and nothing on it: each
// call is refused with UNAUTHENTICATED, NO_IDENTITY (CallerOf), which says why.
//
// New handshakes use what `directory` has published, about a second after it did. Connections that
// are open stay; whether their certificates still count is asked with each call (CallerOf), of
// `trust`, which is told here what the handshakes brought.
//
// `on_nameless`, if set, is told of each such connection and why, from gRPC's threads; it must not
// block. `directory` must outlive the server.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(
    const TlsDirectory& directory, std::string trust_domain, std::shared_ptr<PeerTrust> trust,
    std::function<void(const absl::Status&)> on_nameless = nullptr);

}  // namespace switchboard::identity

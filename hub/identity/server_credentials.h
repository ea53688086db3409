#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "hub/identity/tls_directory.h"

namespace grpc {
class ServerCredentials;
}

namespace switchboard::identity {

// TLS for the hub: a client certificate is asked for, required and verified against ca.crt, and
// must carry exactly one URI, a SPIFFE id of `trust_domain` that ParsePeer accepts; every other
// connection is closed within the handshake. The client then sees only "Socket closed": DiagnoseTls
// says more.
//
// New handshakes use what `directory` has published, about a second after it did; connections that
// are open go on with what they began with.
//
// `on_refused`, if set, is told why a verified certificate was refused for its SPIFFE id, from
// gRPC's threads; it must not block. `directory` must outlive the server.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(
    const TlsDirectory& directory, std::string trust_domain,
    std::function<void(const absl::Status&)> on_refused = nullptr);

}  // namespace switchboard::identity

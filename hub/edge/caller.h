#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "hub/guard/connection_book.h"
#include "hub/identity/peer.h"
#include "hub/identity/peer_trust.h"

namespace grpc {
class ServerContextBase;
}

namespace switchboard::edge {

// Who calls, as the guard learned it in the handshake of the connection. Metadata of the request is
// never asked: anyone can write it. The certificate is asked about again, by `trust`: the
// connection may be older than its end. Thread-safe as far as `context` is. Errors:
// UNAUTHENTICATED, NO_IDENTITY: no SPIFFE id, several, or one that ParsePeer refuses; the
// connection is over; those of PeerTrust::Check.
absl::StatusOr<identity::Peer> CallerOf(const grpc::ServerContextBase& context,
                                        const guard::ConnectionBook& connections,
                                        identity::PeerTrust& trust);

// CallerOf, then Authorize: the first line of every handler.
absl::StatusOr<identity::Peer> AuthorizedCaller(const grpc::ServerContextBase& context,
                                                const guard::ConnectionBook& connections,
                                                identity::PeerTrust& trust,
                                                std::string_view full_method);

}  // namespace switchboard::edge

#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "hub/identity/peer.h"
#include "hub/identity/peer_trust.h"

namespace grpc {
class ServerContextBase;
}

namespace switchboard::identity {

// Who calls, as the TLS layer proved it. Metadata of the request is never asked: anyone can write
// it. The certificate is asked about again, by `trust`: the connection may be older than its end.
// Thread-safe as far as `context` is. Errors: UNAUTHENTICATED, NO_IDENTITY: no SPIFFE id, several,
// or one that ParsePeer refuses; those of PeerTrust::Check.
absl::StatusOr<Peer> CallerOf(const grpc::ServerContextBase& context, std::string_view trust_domain,
                              PeerTrust& trust);

// CallerOf, then Authorize: the first line of every handler.
absl::StatusOr<Peer> AuthorizedCaller(const grpc::ServerContextBase& context,
                                      std::string_view trust_domain, PeerTrust& trust,
                                      std::string_view full_method);

}  // namespace switchboard::identity

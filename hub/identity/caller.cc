#include "hub/identity/caller.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/server_context.h>

#include "hub/base/error.h"
#include "hub/identity/authorization.h"

namespace switchboard::identity {

absl::StatusOr<Peer> CallerOf(const grpc::ServerContextBase& context,
                              std::string_view trust_domain) {
  const auto authentication = context.auth_context();
  if (authentication == nullptr) {
    return Error(absl::StatusCode::kUnauthenticated, "NO_IDENTITY",
                 "the connection is not authenticated");
  }
  const auto ids = authentication->FindPropertyValues(GRPC_PEER_SPIFFE_ID_PROPERTY_NAME);
  if (ids.size() != 1) {
    return Error(absl::StatusCode::kUnauthenticated, "NO_IDENTITY",
                 "the client certificate does not carry exactly one SPIFFE id");
  }
  return ParsePeer(std::string_view(ids[0].data(), ids[0].size()), trust_domain);
}

absl::StatusOr<Peer> AuthorizedCaller(const grpc::ServerContextBase& context,
                                      std::string_view trust_domain, std::string_view full_method) {
  ASSIGN_OR_RETURN(Peer peer, CallerOf(context, trust_domain));
  RETURN_IF_ERROR(Authorize(peer, full_method));
  return peer;
}

}  // namespace switchboard::identity

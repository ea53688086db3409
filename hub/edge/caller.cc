#include "hub/edge/caller.h"

#include <grpcpp/server_context.h>

#include "hub/base/error.h"
#include "hub/identity/authorization.h"

namespace switchboard::edge {

absl::StatusOr<identity::Peer> CallerOf(const grpc::ServerContextBase& context,
                                        const guard::ConnectionBook& connections,
                                        identity::PeerTrust& trust) {
  const auto connection = connections.Find(context.peer());
  if (connection == nullptr) {
    return Error(absl::StatusCode::kUnauthenticated, "NO_IDENTITY",
                 "the connection that the call came over is no more");
  }
  RETURN_IF_ERROR(trust.Check(connection->certificate()));
  return connection->peer();
}

absl::StatusOr<identity::Peer> AuthorizedCaller(const grpc::ServerContextBase& context,
                                                const guard::ConnectionBook& connections,
                                                identity::PeerTrust& trust,
                                                std::string_view full_method) {
  ASSIGN_OR_RETURN(identity::Peer peer, CallerOf(context, connections, trust));
  RETURN_IF_ERROR(identity::Authorize(peer, full_method));
  return peer;
}

}  // namespace switchboard::edge

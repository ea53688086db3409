#include "hub/identity/caller.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/server_context.h>

#include "hub/base/error.h"
#include "hub/identity/authorization.h"

namespace switchboard::identity {
namespace {

absl::Status NoIdentity(std::string_view why) {
  return Error(absl::StatusCode::kUnauthenticated, "NO_IDENTITY", why);
}

// The only value of that name; empty when there is none.
std::string_view OneOf(const grpc::AuthContext& authentication, const char* name) {
  const auto values = authentication.FindPropertyValues(name);
  if (values.size() != 1) return {};
  return {values[0].data(), values[0].size()};
}

}  // namespace

absl::StatusOr<Peer> CallerOf(const grpc::ServerContextBase& context, std::string_view trust_domain,
                              PeerTrust& trust) {
  const auto authentication = context.auth_context();
  if (authentication == nullptr) return NoIdentity("the connection is not authenticated");
  const std::string_view id = OneOf(*authentication, GRPC_PEER_SPIFFE_ID_PROPERTY_NAME);
  if (id.empty()) {
    return NoIdentity("the client certificate does not carry exactly one SPIFFE id");
  }
  ASSIGN_OR_RETURN(Peer peer, ParsePeer(id, trust_domain));
  const std::string_view certificate = OneOf(*authentication, GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (certificate.empty()) return NoIdentity("the connection shows no client certificate");
  RETURN_IF_ERROR(
      trust.Check(certificate, OneOf(*authentication, GRPC_X509_PEM_CERT_CHAIN_PROPERTY_NAME)));
  return peer;
}

absl::StatusOr<Peer> AuthorizedCaller(const grpc::ServerContextBase& context,
                                      std::string_view trust_domain, PeerTrust& trust,
                                      std::string_view full_method) {
  ASSIGN_OR_RETURN(Peer peer, CallerOf(context, trust_domain, trust));
  RETURN_IF_ERROR(Authorize(peer, full_method));
  return peer;
}

}  // namespace switchboard::identity

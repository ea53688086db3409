#include "hub/identity/client_credentials.h"

#include <grpcpp/security/credentials.h>

#include <utility>

#include "hub/base/error.h"
#include "hub/identity/tls_material.h"

namespace switchboard::identity {

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeClientCredentials(
    const std::string& directory, Clock& clock) {
  ASSIGN_OR_RETURN(TlsMaterial material, CheckTlsMaterial(directory, TlsUse::kClient, clock));
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = std::move(material.roots_pem);
  options.pem_private_key = std::string(material.key());
  options.pem_cert_chain = std::move(material.certificate_pem);
  return grpc::SslCredentials(options);
}

}  // namespace switchboard::identity

#include "clients/transport/statement_signer.h"

#include <string_view>
#include <utility>

#include "hub/base/error.h"
#include "hub/identity/material_files.h"
#include "hub/identity/peer.h"
#include "hub/identity/statement_signature.h"
#include "hub/identity/tls_material.h"

namespace switchboard::transport {
namespace {

// Which trust domain is the hub's, a vendor's folder does not say: it is that of the certificate.
absl::StatusOr<std::string> VendorOf(X509* certificate, const std::string& tls_directory) {
  constexpr std::string_view kScheme = "spiffe://";
  const std::vector<std::string> uris = identity::UriNames(certificate);
  if (uris.size() == 1 && uris[0].starts_with(kScheme)) {
    const std::string_view rest = std::string_view(uris[0]).substr(kScheme.size());
    const auto peer = identity::ParsePeer(uris[0], rest.substr(0, rest.find('/')));
    if (peer.ok() && peer->role == identity::Peer::Role::kVendor) return peer->name;
  }
  return identity::MaterialError(tls_directory + "/" + identity::kCertificateFile,
                                 "names no vendor; a deletion is confirmed by the vendor's own");
}

}  // namespace

StatementSigner::StatementSigner(std::string vendor_id, identity::Key key,
                                 std::vector<identity::Certificate> chain)
    : vendor_id_(std::move(vendor_id)), key_(std::move(key)), chain_(std::move(chain)) {}

absl::StatusOr<StatementSigner> StatementSigner::Read(const std::string& tls_directory,
                                                      Clock& clock) {
  ASSIGN_OR_RETURN(const identity::TlsMaterial material,
                   identity::CheckTlsMaterial(tls_directory, identity::TlsUse::kClient, clock));
  ASSIGN_OR_RETURN(auto chain, identity::ParseCertificates(material.certificate_pem));
  ASSIGN_OR_RETURN(auto key, identity::ParseKey(material.key()));
  ASSIGN_OR_RETURN(std::string vendor_id, VendorOf(chain.front().get(), tls_directory));
  return StatementSigner(std::move(vendor_id), std::move(key), std::move(chain));
}

absl::StatusOr<v1::ConfirmDeletionRequest> StatementSigner::Sign(
    v1::DeletionStatement statement) const {
  statement.set_vendor_id(vendor_id_);
  ASSIGN_OR_RETURN(identity::SignedStatement made,
                   identity::SignStatement(statement.SerializeAsString(), key_.get(), chain_));
  v1::ConfirmDeletionRequest request;
  request.set_statement(std::move(made.statement));
  request.set_signature(std::move(made.signature));
  for (std::string& one : made.certificates) request.add_certificates(std::move(one));
  return request;
}

}  // namespace switchboard::transport

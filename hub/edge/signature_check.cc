#include "hub/edge/signature_check.h"

#include <memory>
#include <utility>

#include "hub/identity/peer_trust.h"
#include "hub/identity/statement_signature.h"

namespace switchboard::edge {

api::SignatureCheck SignatureCheckOf(const identity::TlsDirectory& tls, Clock& clock,
                                     std::string trust_domain) {
  auto trust = std::make_shared<const identity::PeerTrust>(tls, clock);
  return [trust = std::move(trust), trust_domain = std::move(trust_domain)](
             const identity::Peer& vendor, const v1::ConfirmDeletionRequest& request) {
    const identity::SignedStatement signed_statement{
        request.statement(),
        request.signature(),
        {request.certificates().begin(), request.certificates().end()}};
    return identity::CheckStatement(signed_statement, vendor, *trust, trust_domain);
  };
}

}  // namespace switchboard::edge

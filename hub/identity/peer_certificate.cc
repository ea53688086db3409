#include "hub/identity/peer_certificate.h"

#include <utility>

#include "hub/base/digest.h"
#include "hub/base/error.h"

namespace switchboard::identity {

PeerCertificate::PeerCertificate(std::vector<Certificate> chain)
    : chain_(std::make_shared<const std::vector<Certificate>>(std::move(chain))) {
  SWITCHBOARD_ASSERT(!chain_->empty());
  X509* leaf = chain_->front().get();
  std::string digests;
  for (const Certificate& one : *chain_) digests += DigestOf(one.get());
  digest_ = Sha256Of(digests);
  serial_ = SerialOf(leaf);
  not_before_ = NotBefore(leaf);
  not_after_ = NotAfter(leaf);
}

absl::StatusOr<Peer> PeerOf(const PeerCertificate& certificate, std::string_view trust_domain) {
  const std::vector<std::string> uris = UriNames(certificate.chain().front().get());
  if (uris.size() == 1) return ParsePeer(uris.front(), trust_domain);
  return Error(absl::StatusCode::kUnauthenticated, "NO_IDENTITY",
               "the client certificate does not carry exactly one URI");
}

}  // namespace switchboard::identity

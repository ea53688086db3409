#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/identity/certificate.h"
#include "hub/identity/peer.h"

namespace switchboard::identity {

// What a peer showed in its handshake. Immutable; copies share the certificates.
class PeerCertificate {
 public:
  // REQUIRES: a chain, leaf first.
  explicit PeerCertificate(std::vector<Certificate> chain);

  const std::vector<Certificate>& chain() const { return *chain_; }
  // Of the whole chain, 32 bytes.
  const std::string& digest() const { return digest_; }
  // Of the leaf, as its issuer numbered it: hexadecimal, lower case, without leading zeros.
  const std::string& serial() const { return serial_; }
  absl::Time not_before() const { return not_before_; }
  absl::Time not_after() const { return not_after_; }

 private:
  std::shared_ptr<const std::vector<Certificate>> chain_;
  std::string digest_;
  std::string serial_;
  absl::Time not_before_;
  absl::Time not_after_;
};

// Whose it is. Errors: UNAUTHENTICATED, NO_IDENTITY: no URI, several, or one that ParsePeer
// refuses.
absl::StatusOr<Peer> PeerOf(const PeerCertificate& certificate, std::string_view trust_domain);

}  // namespace switchboard::identity

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/identity/peer_certificate.h"
#include "hub/identity/tls_directory.h"

namespace switchboard::identity {

// Whether a peer is believed: in its handshake, and with every call after it. A connection may live
// for hours, while the certificate ends, is revoked, or the CA that signed it is taken out of
// ca.crt.
//
// Remembers up to kKnownMax certificates. That one is believed holds until ca.crt or crl.pem change
// or a certificate above it ends; that it is not, for a minute at most. Thread-safe.
class PeerTrust {
 public:
  static constexpr size_t kKnownMax = 4096;

  // Both outlive the last call.
  PeerTrust(const TlsDirectory& directory, Clock& clock) : directory_(directory), clock_(clock) {}

  // What OpenSSL says of a chain, leaf first, that a handshake brings: X509_V_OK or X509_V_ERR_….
  int Judge(const std::vector<Certificate>& chain) const;

  // OK while the certificate is valid, not revoked, and leads to one of the roots in use. Errors:
  // UNAUTHENTICATED, CERTIFICATE_EXPIRED: it, or one above it, is valid no more, or, by a clock
  // that stepped back, not yet; CERTIFICATE_REVOKED: it, or one above it, is on a list in crl.pem;
  // CERTIFICATE_NOT_TRUSTED: it leads to no CA in ca.crt.
  absl::Status Check(const PeerCertificate& certificate);

 private:
  struct Known {
    int64_t trust_generation = 0;
    absl::Time verified = absl::InfinitePast();
    absl::Time holds_until = absl::InfinitePast();
    int code = 0;  // of Judge
  };

  static absl::Status StatusOf(int code, const PeerCertificate& certificate, absl::Time now);
  void Keep(const std::string& digest, const Known& known) SWITCHBOARD_REQUIRES(mutex_);

  const TlsDirectory& directory_;
  Clock& clock_;
  Mutex mutex_;
  // By digest of the chain.
  absl::flat_hash_map<std::string, Known> known_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard::identity

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/identity/tls_directory.h"

namespace switchboard::identity {

// Whether a peer may still be believed that showed a good certificate when its connection opened.
// TLS asks once, and a connection may live for hours, while the certificate ends or the CA that
// signed it is taken out of ca.crt.
//
// Remembers up to kKnownMax certificates; what it found of one holds for a minute, and until ca.crt
// changes. Thread-safe.
class PeerTrust {
 public:
  static constexpr size_t kKnownMax = 4096;

  // Both outlive the last Check.
  PeerTrust(const TlsDirectory& directory, Clock& clock) : directory_(directory), clock_(clock) {}

  // A handshake brought this certificate, and above it those in `chain` (PEM; empty: none). A
  // connection that resumes a TLS session brings none, so they are kept for it.
  void Remember(std::string_view certificate, std::string_view chain);

  // OK while the certificate is valid and leads to one of the roots in use. Errors:
  // UNAUTHENTICATED, CERTIFICATE_EXPIRED: it, or one above it, is valid no more, or, by a clock
  // that stepped back, not yet; CERTIFICATE_NOT_TRUSTED: it leads to no CA in ca.crt.
  absl::Status Check(std::string_view certificate, std::string_view chain);

 private:
  struct Known {
    std::string chain;
    absl::Time not_before = absl::InfiniteFuture();
    absl::Time not_after = absl::InfinitePast();
    int64_t roots = 0;  // generation that it was verified against; 0: not yet
    absl::Time verified = absl::InfinitePast();
    int code = 0;  // of VerifyChain
  };

  static Known Verify(std::string_view certificate, std::string chain, const LiveRoots& roots,
                      absl::Time now);
  static absl::Status Judge(const Known& known, absl::Time now);
  // The entry of a certificate, new if need be.
  Known& EntryOf(const std::string& digest) SWITCHBOARD_REQUIRES(mutex_);

  const TlsDirectory& directory_;
  Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Known> known_ SWITCHBOARD_GUARDED_BY(mutex_);  // by SHA-256 of the PEM
};

}  // namespace switchboard::identity

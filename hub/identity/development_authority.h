#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/identity/certificate.h"

namespace switchboard::identity {

// Certificates for development, demos and tests: a P-256 authority whose key lies in a file. A
// production hub takes its material from the issuer's own authority; it needs the same names and
// usages.

// What one leaf certificate says.
struct LeafRequest {
  std::string common_name;
  std::vector<std::string> uris;   // SPIFFE ids; exactly one in a good certificate
  std::vector<std::string> hosts;  // DNS names and IP addresses
  bool server = false;             // extended key usage serverAuth
  bool client = false;             // extended key usage clientAuth
  absl::Time not_before;
  absl::Time not_after;
};

struct IssuedCertificate {
  std::string certificate_pem;
  std::string key_pem;
};

// A certificate authority in memory. Thread-compatible.
class DevelopmentAuthority {
 public:
  // A new one with a new key. Errors: INTERNAL, OPENSSL_FAILED.
  static absl::StatusOr<DevelopmentAuthority> Create(absl::Time not_before, absl::Time not_after);

  // One below this, with a new key: what it issues needs its certificate beside it.
  // Errors: INTERNAL, OPENSSL_FAILED.
  absl::StatusOr<DevelopmentAuthority> Subordinate(absl::Time not_before,
                                                   absl::Time not_after) const;

  // From ca.crt and ca.key of `directory`. Errors: as CheckTlsMaterial.
  static absl::StatusOr<DevelopmentAuthority> Load(const std::string& directory);

  // Issues what is asked for, right or wrong: tests need wrong ones. Errors: INVALID_ARGUMENT,
  // OPTION_INVALID for a host that is neither a DNS name nor an address; INTERNAL, OPENSSL_FAILED.
  absl::StatusOr<IssuedCertificate> Issue(const LeafRequest& request) const;

  // A revocation list, in PEM, of these certificates of this authority's. Errors: INVALID_ARGUMENT,
  // PEM_INVALID; INTERNAL, OPENSSL_FAILED.
  absl::StatusOr<std::string> Revoke(const std::vector<std::string>& certificate_pems,
                                     absl::Time now, absl::Time next_update) const;

  std::string certificate_pem() const { return ToPem(certificate_.get()); }
  std::string key_pem() const { return ToPem(key_.get()); }

 private:
  DevelopmentAuthority(Certificate certificate, Key key)
      : certificate_(std::move(certificate)), key_(std::move(key)) {}

  Certificate certificate_;
  Key key_;
};

}  // namespace switchboard::identity

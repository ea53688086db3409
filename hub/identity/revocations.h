#pragma once

#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/identity/certificate.h"

namespace switchboard::identity {

// Certificates that their authorities took back: revocation lists (RFC 5280, section 5). A list
// whose next one is overdue goes on to count: a forgotten renewal must neither let anybody in again
// nor lock everybody out. Immutable; thread-safe.
class Revocations {
 public:
  Revocations() = default;

  // One list or several, in PEM; none in an empty text. One that names an issuer among
  // `authorities` must be signed by it; others are of authorities that only the peers' chains hold,
  // and are verified there. Errors: INVALID_ARGUMENT, PEM_INVALID.
  static absl::StatusOr<Revocations> Parse(const std::string& pem,
                                           const std::vector<Certificate>& authorities);

  // Whether one of the chain, in any order, is on the list of its issuer.
  bool Revoke(const std::vector<Certificate>& chain) const;

  // When the first list is due to be replaced; InfiniteFuture without one.
  absl::Time next_update() const { return next_update_; }

 private:
  struct ListDeleter {
    void operator()(X509_CRL* list) const { X509_CRL_free(list); }
  };
  struct List {
    std::unique_ptr<X509_CRL, ListDeleter> list;
    bool verified = false;  // by an authority; else with each chain
  };

  static bool Revokes(const List& list, X509* certificate, const std::vector<Certificate>& chain);

  std::vector<List> lists_;
  absl::Time next_update_ = absl::InfiniteFuture();
};

}  // namespace switchboard::identity

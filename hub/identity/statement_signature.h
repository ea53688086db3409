#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/identity/certificate.h"
#include "hub/identity/peer.h"
#include "hub/identity/peer_certificate.h"
#include "hub/identity/peer_trust.h"

namespace switchboard::identity {

// What a peer says in writing, so that it can be shown to others when its connection is long gone:
// bytes, its signature over them, and the certificates that say whose signature it is. One kind of
// statement is signed so: that a deletion order was carried out (deletion.proto).
struct SignedStatement {
  static constexpr size_t kCertificatesMax = 5;

  std::string statement;
  // Over "switchboard-deletion-1", a line feed and `statement`: SHA-256 with RSA (PKCS #1 v1.5) or
  // ECDSA, or Ed25519.
  std::string signature;
  // DER: the signer's own, and those above it, 1 to kCertificatesMax.
  std::vector<std::string> certificates;
};

// Signs by `key`, to which the first of `chain` belongs; of more certificates than a statement has
// room for, the uppermost are left out. Errors: INVALID_ARGUMENT, KEY_KIND_UNKNOWN: neither RSA,
// ECDSA nor Ed25519; INTERNAL, OPENSSL_FAILED.
absl::StatusOr<SignedStatement> SignStatement(std::string_view statement, EVP_PKEY* key,
                                              const std::vector<Certificate>& chain);

// The certificates by the first of which it was signed, whoever made them: whether they are to be
// believed is not asked. Errors: PERMISSION_DENIED, SIGNATURE_INVALID: they are none or too many,
// one is weaker than TLS takes it (112 bits: RSA of 2,048, no SHA-1), or the signature does not
// fit.
absl::StatusOr<PeerCertificate> SignerOf(const SignedStatement& statement);

// OK: `by` signed it, by a certificate with which it could call the hub now. Thread-safe; costs
// some 200 us. Errors: PERMISSION_DENIED, SIGNATURE_INVALID: as SignerOf; they are not `by`'s, lead
// to no CA in the hub's ca.crt, were revoked or have ended.
absl::Status CheckStatement(const SignedStatement& statement, const Peer& by,
                            const PeerTrust& trust, std::string_view trust_domain);

}  // namespace switchboard::identity

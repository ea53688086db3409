#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace switchboard::identity {

// OpenSSL's certificates and keys with owners. Nothing here prints a key, and no call leaves
// anything in OpenSSL's per-thread error queue, where gRPC's next handshake would find it.

struct CertificateDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Certificate = std::unique_ptr<X509, CertificateDeleter>;
using Key = std::unique_ptr<EVP_PKEY, KeyDeleter>;

// What a certificate is used for; decides which extended key usage it must carry.
enum class TlsUse {
  kServer,  // the hub: serverAuth
  kClient,  // everybody else: clientAuth
};

// At least one certificate, in the order of the text.
// Errors: INVALID_ARGUMENT, PEM_INVALID.
absl::StatusOr<std::vector<Certificate>> ParseCertificates(const std::string& pem);

// An unencrypted private key.
// Errors: INVALID_ARGUMENT, PEM_INVALID.
absl::StatusOr<Key> ParseKey(std::string_view pem);

// One certificate, key or revocation list as PEM text; empty when OpenSSL has no memory.
std::string ToPem(X509* certificate);
std::string ToPem(EVP_PKEY* key);
std::string ToPem(X509_CRL* list);

// Verifies chain[0] by way of the rest of `chain` up to one of `roots`, for `use`, at `now`; as
// gRPC's store does, also where that one is an intermediate whose issuer is not among `roots`.
// Returns OpenSSL's X509_V_OK (0) or the X509_V_ERR_… of the first thing wrong.
int VerifyChain(const std::vector<Certificate>& chain, const std::vector<Certificate>& roots,
                TlsUse use, absl::Time now);

// What such a code means, in words.
std::string VerifyErrorText(int code);

// The URIs among the subject alternative names, in order, as they stand there.
std::vector<std::string> UriNames(X509* certificate);

// SHA-256 of its DER form, 32 bytes.
std::string DigestOf(X509* certificate);
// The serial number: hexadecimal, lower case, without leading zeros.
std::string SerialOf(X509* certificate);

// As a point in time; InfinitePast where it is none.
absl::Time TimeOf(const ASN1_TIME* time);
// First and last instant of validity.
absl::Time NotBefore(X509* certificate);
absl::Time NotAfter(X509* certificate);

// Does the certificate cover this DNS name or IP address?
bool CoversHost(X509* certificate, const std::string& host);

}  // namespace switchboard::identity

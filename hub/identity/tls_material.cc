#include "hub/identity/tls_material.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "hub/base/error.h"
#include "hub/identity/material_files.h"

namespace switchboard::identity {
namespace {

// What to do about the commonest codes; the others speak for themselves.
std::string VerifyProblem(int code, TlsUse use, const std::string& roots_file, X509* leaf) {
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "expired (this certificate " + absl::FormatTime(NotAfter(leaf), absl::UTCTimeZone()) +
             ", or one above it earlier); renew it";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "not valid before " + absl::FormatTime(NotBefore(leaf), absl::UTCTimeZone()) +
             "; is this machine's clock right?";
    case X509_V_ERR_INVALID_PURPOSE:
      return use == TlsUse::kServer
                 ? "may not be used by a server: extended key usage serverAuth is missing"
                 : "may not be used by a client: extended key usage clientAuth is missing";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "was not signed by a CA in " + roots_file + " (" + VerifyErrorText(code) + ")";
    default:
      return "does not verify: " + VerifyErrorText(code);
  }
}

absl::Status InFile(const std::string& file, const absl::Status& status) {
  return MaterialError(file, std::string(status.message()));
}

}  // namespace

absl::StatusOr<TlsMaterial> CheckTlsMaterial(const std::string& directory, TlsUse use,
                                             Clock& clock) {
  const std::string certificate_file = directory + "/" + kCertificateFile;
  const std::string key_file = directory + "/" + kKeyFile;
  const std::string roots_file = directory + "/" + kRootsFile;
  TlsMaterial material;
  ASSIGN_OR_RETURN(material.certificate_pem, ReadMaterial(certificate_file, Secrecy::kPublic));
  ASSIGN_OR_RETURN(material.key_pem, ReadMaterial(key_file, Secrecy::kOwnerOnly));
  ASSIGN_OR_RETURN(material.roots_pem, ReadMaterial(roots_file, Secrecy::kPublic));

  const auto chain = ParseCertificates(material.certificate_pem);
  if (!chain.ok()) return InFile(certificate_file, chain.status());
  const auto key = ParseKey(material.key_pem);
  if (!key.ok()) return InFile(key_file, key.status());
  const auto roots = ParseCertificates(material.roots_pem);
  if (!roots.ok()) return InFile(roots_file, roots.status());

  X509* leaf = chain->front().get();
  const bool fits = X509_check_private_key(leaf, key->get()) == 1;
  ERR_clear_error();
  if (!fits)
    return MaterialError(key_file, "does not belong to the certificate in " + certificate_file);
  const int code = VerifyChain(*chain, *roots, use, clock.Now());
  if (code != X509_V_OK) {
    return MaterialError(certificate_file, VerifyProblem(code, use, roots_file, leaf));
  }
  material.not_after = NotAfter(leaf);
  return material;
}

}  // namespace switchboard::identity

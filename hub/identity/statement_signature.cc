#include "hub/identity/statement_signature.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "hub/base/error.h"

namespace switchboard::identity {
namespace {

// What else a vendor's key ever signs begins otherwise: TLS signs 64 spaces, and then its own name.
constexpr std::string_view kPurpose = "switchboard-deletion-1\n";
// As the security level 2 of TLS, which the hub's connections have.
constexpr int kSecurityBitsMin = 112;

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

absl::Status SignatureInvalid(std::string_view problem) {
  return Error(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID", problem);
}

absl::Status OpenSslFailed() {
  return Error(absl::StatusCode::kInternal, "OPENSSL_FAILED", "OpenSSL could not sign a statement");
}

bool IsKnownKind(EVP_PKEY* key) {
  const int kind = EVP_PKEY_get_base_id(key);
  return kind == EVP_PKEY_RSA || kind == EVP_PKEY_EC || kind == EVP_PKEY_ED25519;
}

// Ed25519 digests by itself.
const EVP_MD* DigestFor(EVP_PKEY* key) {
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
}

const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string Signed(std::string_view statement) {
  return std::string(kPurpose) + std::string(statement);
}

std::string DerOf(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  std::string der;
  if (size > 0) der.assign(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

absl::StatusOr<std::vector<Certificate>> ParseChain(const std::vector<std::string>& certificates) {
  if (certificates.empty() || certificates.size() > SignedStatement::kCertificatesMax)
    return SignatureInvalid("1 to 5 certificates belong to a statement");
  std::vector<Certificate> chain;
  for (const std::string& der : certificates) {
    const unsigned char* at = BytesOf(der);
    const unsigned char* const end = at + der.size();
    Certificate one(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (one == nullptr || at != end)
      return SignatureInvalid("one of the certificates is none in DER form");
    chain.push_back(std::move(one));
  }
  return chain;
}

// A connection with a weaker one would not have come about.
bool IsStrong(X509* certificate) {
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr || EVP_PKEY_get_security_bits(key) < kSecurityBitsMin) return false;
  // A root's own signature proves nothing, whatever it is.
  if (X509_self_signed(certificate, 0) == 1) return true;
  int bits = 0;
  return X509_get_signature_info(certificate, nullptr, nullptr, &bits, nullptr) == 1 &&
         bits >= kSecurityBitsMin;
}

bool Fits(const SignedStatement& statement, EVP_PKEY* key) {
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const std::string text = Signed(statement.statement);
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, DigestFor(key), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), BytesOf(statement.signature), statement.signature.size(),
                          BytesOf(text), text.size()) == 1;
}

}  // namespace

absl::StatusOr<SignedStatement> SignStatement(std::string_view statement, EVP_PKEY* key,
                                              const std::vector<Certificate>& chain) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  if (!IsKnownKind(key)) {
    return Error(absl::StatusCode::kInvalidArgument, "KEY_KIND_UNKNOWN",
                 "statements are signed by a key of RSA, ECDSA or Ed25519");
  }
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const std::string text = Signed(statement);
  size_t size = 0;
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, DigestFor(key), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, BytesOf(text), text.size()) != 1) {
    return OpenSslFailed();
  }
  SignedStatement made;
  made.statement = std::string(statement);
  made.signature.resize(size);
  auto* const signature = reinterpret_cast<unsigned char*>(made.signature.data());
  if (EVP_DigestSign(context.get(), signature, &size, BytesOf(text), text.size()) != 1)
    return OpenSslFailed();
  made.signature.resize(size);
  const size_t certificates = std::min(chain.size(), SignedStatement::kCertificatesMax);
  for (size_t i = 0; i < certificates; ++i) {
    made.certificates.push_back(DerOf(chain[i].get()));
    if (made.certificates.back().empty()) return OpenSslFailed();
  }
  return made;
}

absl::StatusOr<PeerCertificate> SignerOf(const SignedStatement& statement) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  ASSIGN_OR_RETURN(std::vector<Certificate> chain, ParseChain(statement.certificates));
  const bool strong = std::all_of(chain.begin(), chain.end(),
                                  [](const Certificate& one) { return IsStrong(one.get()); });
  if (!strong) return SignatureInvalid("one of the certificates is weaker than TLS takes it");
  EVP_PKEY* key = X509_get0_pubkey(chain.front().get());
  if (!IsKnownKind(key) || !Fits(statement, key)) {
    return SignatureInvalid(
        "the signature does not fit the statement and the key of the first certificate");
  }
  return PeerCertificate(std::move(chain));
}

absl::Status CheckStatement(const SignedStatement& statement, const Peer& by,
                            const PeerTrust& trust, std::string_view trust_domain) {
  ASSIGN_OR_RETURN(const PeerCertificate signer, SignerOf(statement));
  const absl::StatusOr<Peer> peer = PeerOf(signer, trust_domain);
  if (!peer.ok() || *peer != by)
    return SignatureInvalid("the first certificate is not that of who calls");
  const int code = trust.Judge(signer.chain());
  if (code == X509_V_OK) return absl::OkStatus();
  return SignatureInvalid("the certificates do not verify now: " + VerifyErrorText(code));
}

}  // namespace switchboard::identity

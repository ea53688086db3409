#include "hub/identity/certificate.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <time.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "hub/base/error.h"

namespace switchboard::identity {
namespace {

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, BioDeleter>;

Bio ReaderOf(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

absl::Status PemInvalid(std::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, "PEM_INVALID", problem);
}

// OpenSSL's default asks the terminal, which would stop a daemon for ever.
int NoPassword(char*, int, int, void*) { return -1; }

}  // namespace

absl::StatusOr<std::vector<Certificate>> ParseCertificates(const std::string& pem) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  Bio bio = ReaderOf(pem);
  std::vector<Certificate> certificates;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr)) {
    certificates.emplace_back(certificate);
  }
  const unsigned long error = ERR_peek_last_error();
  const bool ended =
      ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (!ended) return PemInvalid("holds a certificate that cannot be parsed");
  if (certificates.empty()) return PemInvalid("holds no certificate in PEM form");
  return certificates;
}

absl::StatusOr<Key> ParseKey(std::string_view pem) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  Bio bio = ReaderOf(pem);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr));
  if (key == nullptr) return PemInvalid("holds no private key in PEM form without a password");
  return key;
}

std::string ToPem(X509* certificate) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  Bio bio(BIO_new(BIO_s_mem()));
  return PEM_write_bio_X509(bio.get(), certificate) == 1 ? TextOf(bio.get()) : std::string();
}

std::string ToPem(EVP_PKEY* key) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  Bio bio(BIO_new(BIO_s_secmem()));
  const int done =
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return done == 1 ? TextOf(bio.get()) : std::string();
}

std::string ToPem(X509_CRL* list) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  Bio bio(BIO_new(BIO_s_mem()));
  return PEM_write_bio_X509_CRL(bio.get(), list) == 1 ? TextOf(bio.get()) : std::string();
}

int VerifyChain(const std::vector<Certificate>& chain, const std::vector<Certificate>& roots,
                TlsUse use, absl::Time now) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), X509_STORE_free);
  std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(X509_STORE_CTX_new(),
                                                                          X509_STORE_CTX_free);
  std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> between(
      sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
  if (store == nullptr || context == nullptr || between == nullptr || chain.empty()) {
    return X509_V_ERR_UNSPECIFIED;
  }
  for (const Certificate& root : roots) {
    // A leaf among the roots proves nothing: who is to trust it must have the CA.
    const bool anchor = X509_check_ca(root.get()) != 0 || X509_self_signed(root.get(), 0) == 1;
    if (anchor) X509_STORE_add_cert(store.get(), root.get());
  }
  for (size_t i = 1; i < chain.size(); ++i) sk_X509_push(between.get(), chain[i].get());
  if (X509_STORE_CTX_init(context.get(), store.get(), chain[0].get(), between.get()) != 1) {
    return X509_V_ERR_UNSPECIFIED;
  }
  X509_STORE_CTX_set_default(context.get(), use == TlsUse::kServer ? "ssl_server" : "ssl_client");
  X509_STORE_CTX_set_time(context.get(), 0, absl::ToTimeT(now));
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_PARTIAL_CHAIN);
  if (X509_verify_cert(context.get()) == 1) return X509_V_OK;
  const int code = X509_STORE_CTX_get_error(context.get());
  return code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code;
}

std::string VerifyErrorText(int code) { return X509_verify_cert_error_string(code); }

std::vector<std::string> UriNames(X509* certificate) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  std::vector<std::string> uris;
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                      static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  GENERAL_NAMES_free(names);
  return uris;
}

absl::Time TimeOf(const ASN1_TIME* time) {
  tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string DigestOf(X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest, &size);
  return std::string(reinterpret_cast<const char*>(digest), size);
}

std::string SerialOf(X509* certificate) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr), BN_free);
  if (number == nullptr) return "";
  char* text = BN_bn2hex(number.get());
  if (text == nullptr) return "";
  std::string serial = absl::AsciiStrToLower(text);
  OPENSSL_free(text);
  serial.erase(0, std::min(serial.find_first_not_of('0'), serial.size() - 1));
  return serial;
}

absl::Time NotBefore(X509* certificate) { return TimeOf(X509_get0_notBefore(certificate)); }
absl::Time NotAfter(X509* certificate) { return TimeOf(X509_get0_notAfter(certificate)); }

bool CoversHost(X509* certificate, const std::string& host) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  return X509_check_ip_asc(certificate, host.c_str(), 0) == 1 ||
         X509_check_host(certificate, host.data(), host.size(), 0, nullptr) == 1;
}

}  // namespace switchboard::identity

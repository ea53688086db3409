#include "hub/identity/development_authority.h"

#include <openssl/asn1.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "hub/base/error.h"
#include "hub/identity/material_files.h"

namespace switchboard::identity {
namespace {

absl::Status OpenSslFailed(std::string_view what) {
  return Error(absl::StatusCode::kInternal, "OPENSSL_FAILED",
               std::string("OpenSSL could not ") + std::string(what));
}

absl::Status OptionInvalid(std::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID", problem);
}

struct NamesDeleter {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
using Names = std::unique_ptr<GENERAL_NAMES, NamesDeleter>;

// Labels of letters, digits and hyphens, with an optional wildcard in front.
bool IsDnsName(std::string_view host) {
  if (host.starts_with("*.")) host.remove_prefix(2);
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '.';
         });
}

bool AddText(GENERAL_NAMES* names, int type, const std::string& text) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_IA5STRING* value = ASN1_IA5STRING_new();
  if (name == nullptr || value == nullptr ||
      ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) != 1) {
    GENERAL_NAME_free(name);
    ASN1_IA5STRING_free(value);
    return false;
  }
  GENERAL_NAME_set0_value(name, type, value);
  return sk_GENERAL_NAME_push(names, name) > 0;
}

bool AddAddress(GENERAL_NAMES* names, ASN1_OCTET_STRING* address) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  if (name == nullptr) return false;
  GENERAL_NAME_set0_value(name, GEN_IPADD, address);
  return sk_GENERAL_NAME_push(names, name) > 0;
}

// Built name by name: OpenSSL's text syntax would let a comma in one name add another.
absl::StatusOr<Names> SubjectNames(const LeafRequest& request) {
  Names names(sk_GENERAL_NAME_new_null());
  for (const std::string& uri : request.uris) {
    if (!AddText(names.get(), GEN_URI, uri)) return OpenSslFailed("add a URI");
  }
  for (const std::string& host : request.hosts) {
    if (ASN1_OCTET_STRING* address = a2i_IPADDRESS(host.c_str()); address != nullptr) {
      if (!AddAddress(names.get(), address)) return OpenSslFailed("add an address");
    } else if (!IsDnsName(host)) {
      return OptionInvalid("a host is neither a DNS name nor an IP address");
    } else if (!AddText(names.get(), GEN_DNS, host)) {
      return OpenSslFailed("add a host");
    }
  }
  return names;
}

bool AddExtension(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool SetSerial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7F) | 0x40);  // positive, of full length
  BIGNUM* number = BN_bin2bn(bytes, sizeof bytes, nullptr);
  const bool set = number != nullptr &&
                   BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

// A certificate with everything but extensions and signature.
Certificate Blank(const std::string& common_name, EVP_PKEY* key, absl::Time not_before,
                  absl::Time not_after) {
  Certificate certificate(X509_new());
  if (certificate == nullptr || key == nullptr) return nullptr;
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const bool done =
      X509_set_version(certificate.get(), X509_VERSION_3) == 1 && SetSerial(certificate.get()) &&
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(common_name.data()),
                                 static_cast<int>(common_name.size()), -1, 0) == 1 &&
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), absl::ToTimeT(not_before)) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(not_after)) != nullptr &&
      X509_set_pubkey(certificate.get(), key) == 1;
  return done ? std::move(certificate) : nullptr;
}

struct ListDeleter {
  void operator()(X509_CRL* list) const { X509_CRL_free(list); }
};
using List = std::unique_ptr<X509_CRL, ListDeleter>;

bool SetTimes(X509_CRL* list, absl::Time now, absl::Time next_update) {
  ASN1_TIME* from = ASN1_TIME_set(nullptr, absl::ToTimeT(now));
  ASN1_TIME* to = ASN1_TIME_set(nullptr, absl::ToTimeT(next_update));
  const bool set = from != nullptr && to != nullptr && X509_CRL_set1_lastUpdate(list, from) == 1 &&
                   X509_CRL_set1_nextUpdate(list, to) == 1;
  ASN1_TIME_free(from);
  ASN1_TIME_free(to);
  return set;
}

bool AddRevoked(X509_CRL* list, X509* certificate, absl::Time now) {
  X509_REVOKED* entry = X509_REVOKED_new();
  ASN1_TIME* when = ASN1_TIME_set(nullptr, absl::ToTimeT(now));
  const bool made = entry != nullptr && when != nullptr &&
                    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate)) == 1 &&
                    X509_REVOKED_set_revocationDate(entry, when) == 1 &&
                    X509_CRL_add0_revoked(list, entry) == 1;
  ASN1_TIME_free(when);
  if (!made) X509_REVOKED_free(entry);
  return made;
}

}  // namespace

absl::StatusOr<DevelopmentAuthority> DevelopmentAuthority::Create(absl::Time not_before,
                                                                  absl::Time not_after) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  Key key(EVP_EC_gen("P-256"));
  Certificate certificate =
      Blank("Switchboard development authority", key.get(), not_before, not_after);
  if (certificate == nullptr) return OpenSslFailed("make an authority");
  X509* self = certificate.get();
  if (X509_set_issuer_name(self, X509_get_subject_name(self)) != 1 ||
      !AddExtension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:1") ||
      !AddExtension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !AddExtension(self, self, NID_subject_key_identifier, "hash") ||
      X509_sign(self, key.get(), EVP_sha256()) == 0) {
    return OpenSslFailed("sign an authority");
  }
  return DevelopmentAuthority(std::move(certificate), std::move(key));
}

absl::StatusOr<DevelopmentAuthority> DevelopmentAuthority::Subordinate(absl::Time not_before,
                                                                       absl::Time not_after) const {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  Key key(EVP_EC_gen("P-256"));
  Certificate certificate =
      Blank("Switchboard development authority below", key.get(), not_before, not_after);
  if (certificate == nullptr) return OpenSslFailed("make an authority");
  X509* made = certificate.get();
  X509* above = certificate_.get();
  if (X509_set_issuer_name(made, X509_get_subject_name(above)) != 1 ||
      !AddExtension(made, above, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !AddExtension(made, above, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !AddExtension(made, above, NID_subject_key_identifier, "hash") ||
      !AddExtension(made, above, NID_authority_key_identifier, "keyid:always") ||
      X509_sign(made, key_.get(), EVP_sha256()) == 0) {
    return OpenSslFailed("sign an authority");
  }
  return DevelopmentAuthority(std::move(certificate), std::move(key));
}

absl::StatusOr<DevelopmentAuthority> DevelopmentAuthority::Load(const std::string& directory) {
  const std::string certificate_file = directory + "/" + kRootsFile;
  const std::string key_file = directory + "/ca.key";
  ASSIGN_OR_RETURN(const std::string certificate_pem,
                   ReadMaterial(certificate_file, Secrecy::kPublic));
  ASSIGN_OR_RETURN(const std::string key_pem, ReadMaterial(key_file, Secrecy::kSecret));
  auto certificates = ParseCertificates(certificate_pem);
  if (!certificates.ok()) {
    return MaterialError(certificate_file, std::string(certificates.status().message()));
  }
  auto key = ParseKey(key_pem);
  if (!key.ok()) return MaterialError(key_file, std::string(key.status().message()));
  const bool fits = X509_check_private_key(certificates->front().get(), key->get()) == 1;
  ERR_clear_error();
  if (!fits) return MaterialError(key_file, "does not belong to the certificate in ca.crt");
  return DevelopmentAuthority(std::move(certificates->front()), *std::move(key));
}

absl::StatusOr<IssuedCertificate> DevelopmentAuthority::Issue(const LeafRequest& request) const {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  ASSIGN_OR_RETURN(const Names names, SubjectNames(request));
  Key key(EVP_EC_gen("P-256"));
  Certificate leaf = Blank(request.common_name, key.get(), request.not_before, request.not_after);
  if (leaf == nullptr) return OpenSslFailed("make a certificate");
  const char* usage = request.server ? (request.client ? "serverAuth,clientAuth" : "serverAuth")
                                     : (request.client ? "clientAuth" : nullptr);
  X509* authority = certificate_.get();
  const bool has_names = sk_GENERAL_NAME_num(names.get()) > 0;
  if (X509_set_issuer_name(leaf.get(), X509_get_subject_name(authority)) != 1 ||
      !AddExtension(leaf.get(), authority, NID_basic_constraints, "critical,CA:FALSE") ||
      !AddExtension(leaf.get(), authority, NID_key_usage, "critical,digitalSignature") ||
      (usage != nullptr && !AddExtension(leaf.get(), authority, NID_ext_key_usage, usage)) ||
      (has_names && X509_add1_ext_i2d(leaf.get(), NID_subject_alt_name, names.get(), 0, 0) != 1) ||
      !AddExtension(leaf.get(), authority, NID_subject_key_identifier, "hash") ||
      !AddExtension(leaf.get(), authority, NID_authority_key_identifier, "keyid:always") ||
      X509_sign(leaf.get(), key_.get(), EVP_sha256()) == 0) {
    return OpenSslFailed("sign a certificate");
  }
  return IssuedCertificate{ToPem(leaf.get()), ToPem(key.get())};
}

absl::StatusOr<std::string> DevelopmentAuthority::Revoke(
    const std::vector<std::string>& certificate_pems, absl::Time now,
    absl::Time next_update) const {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  const List list(X509_CRL_new());
  if (list == nullptr || X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) != 1 ||
      X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate_.get())) != 1 ||
      !SetTimes(list.get(), now, next_update)) {
    return OpenSslFailed("make a revocation list");
  }
  for (const std::string& pem : certificate_pems) {
    ASSIGN_OR_RETURN(const auto certificates, ParseCertificates(pem));
    if (!AddRevoked(list.get(), certificates.front().get(), now))
      return OpenSslFailed("add to a revocation list");
  }
  if (X509_CRL_sort(list.get()) != 1 || X509_CRL_sign(list.get(), key_.get(), EVP_sha256()) == 0)
    return OpenSslFailed("sign a revocation list");
  return ToPem(list.get());
}

}  // namespace switchboard::identity

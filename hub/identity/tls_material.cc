#include "hub/identity/tls_material.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <tuple>

#include "hub/base/error.h"
#include "hub/identity/material_files.h"
#include "hub/identity/revocations.h"

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
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "was not signed by a CA in " + roots_file + " (" + VerifyErrorText(code) +
             "); add the CA that signed it to ca.crt, and those between it and that CA to tls.crt";
    default:
      return "does not verify: " + VerifyErrorText(code);
  }
}

// A second, more telling word on a text that holds nothing in PEM form.
std::string FormatHint(std::string_view text, const char* convert) {
  if (!text.starts_with('\x30')) return "";  // a SEQUENCE
  return std::string("; it is in DER form: convert it with ") + convert;
}

// One reading of a directory; keeps all that is wrong.
class Reading {
 public:
  Reading(const std::string& directory, TlsUse use, Clock& clock)
      : use_(use),
        clock_(clock),
        directory_(directory),
        certificate_file_(directory + "/" + kCertificateFile),
        key_file_(directory + "/" + kKeyFile),
        roots_file_(directory + "/" + kRootsFile),
        revocations_file_(directory + "/" + kRevocationsFile) {}

  void Run() {
    std::error_code error;
    if (!std::filesystem::is_directory(directory_, error)) {
      problems.push_back(MaterialError(
          directory_, "is no folder that can be read; it must hold tls.crt, tls.key and ca.crt"));
      return;
    }
    const bool chain = ReadCertificates(certificate_file_, material.certificate_pem, chain_);
    const bool key = ReadKey();
    const bool roots = ReadCertificates(roots_file_, material.roots_pem, roots_);
    if (chain && key) CheckPair();
    if (chain && roots) CheckChain();
    if (roots) ReadRevocations();
    if (!problems.empty()) return;
    const auto first_end = [](const std::vector<Certificate>& certificates) {
      absl::Time first = absl::InfiniteFuture();
      for (const Certificate& one : certificates) first = std::min(first, NotAfter(one.get()));
      return first;
    };
    material.not_after = first_end(chain_);
    material.roots_not_after = first_end(roots_);
  }

  TlsMaterial material;
  std::vector<absl::Status> problems;

 private:
  void Wrong(const std::string& file, std::string_view problem) {
    problems.push_back(MaterialError(file, problem));
  }

  bool Read(const std::string& file, Secrecy secrecy, std::string& text) {
    auto read = ReadMaterial(file, secrecy);
    if (!read.ok()) {
      problems.push_back(read.status());
      return false;
    }
    text = *std::move(read);
    return true;
  }

  bool ReadCertificates(const std::string& file, std::string& text,
                        std::vector<Certificate>& certificates) {
    if (!Read(file, Secrecy::kPublic, text)) return false;
    auto parsed = ParseCertificates(text);
    if (!parsed.ok()) {
      Wrong(file,
            std::string(parsed.status().message()) + FormatHint(text, "openssl x509 -inform der"));
      return false;
    }
    certificates = *std::move(parsed);
    return true;
  }

  bool ReadKey() {
    std::string text;
    if (!Read(key_file_, Secrecy::kSecret, text)) return false;
    material.key_pem = std::make_shared<const Secret>(Secret::TakenFrom(text));
    auto parsed = ParseKey(material.key());
    if (parsed.ok()) {
      key_ = *std::move(parsed);
      return true;
    }
    const bool encrypted = material.key().find("ENCRYPTED") != std::string_view::npos;
    Wrong(key_file_, encrypted
                         ? "is a private key with a passphrase, which nobody could type here; "
                           "take it off with openssl pkey"
                         : std::string(parsed.status().message()) +
                               FormatHint(material.key(), "openssl pkey -inform der"));
    return false;
  }

  // Who has none revokes nobody.
  void ReadRevocations() {
    std::error_code error;
    if (!std::filesystem::exists(revocations_file_, error)) return;
    if (!Read(revocations_file_, Secrecy::kPublic, material.revocations_pem)) return;
    const auto parsed = Revocations::Parse(material.revocations_pem, roots_);
    if (!parsed.ok()) Wrong(revocations_file_, std::string(parsed.status().message()));
  }

  void CheckPair() {
    const auto fits = [this](const Certificate& one) {
      const bool pair = X509_check_private_key(one.get(), key_.get()) == 1;
      ERR_clear_error();
      return pair;
    };
    if (fits(chain_.front())) return;
    if (std::any_of(chain_.begin(), chain_.end(), fits)) {
      Wrong(certificate_file_,
            "does not begin with the certificate that the key belongs to; put that one first, and "
            "those above it behind it");
    } else {
      Wrong(key_file_, "does not belong to the certificate in " + certificate_file_);
    }
  }

  void CheckChain() {
    const int code = VerifyChain(chain_, roots_, use_, clock_.Now());
    if (code != X509_V_OK)
      Wrong(certificate_file_, VerifyProblem(code, use_, roots_file_, chain_.front().get()));
  }

  const TlsUse use_;
  Clock& clock_;
  const std::string directory_;
  const std::string certificate_file_;
  const std::string key_file_;
  const std::string roots_file_;
  const std::string revocations_file_;
  std::vector<Certificate> chain_;
  Key key_;
  std::vector<Certificate> roots_;
};

}  // namespace

bool TlsMaterial::operator==(const TlsMaterial& other) const {
  const auto all = [](const TlsMaterial& one) {
    return std::tuple(std::string_view(one.certificate_pem), one.key(),
                      std::string_view(one.roots_pem), std::string_view(one.revocations_pem),
                      one.not_after, one.roots_not_after);
  };
  return all(*this) == all(other);
}

absl::StatusOr<TlsMaterial> CheckTlsMaterial(const std::string& directory, TlsUse use,
                                             Clock& clock) {
  Reading reading(directory, use, clock);
  reading.Run();
  if (!reading.problems.empty()) return reading.problems.front();
  return std::move(reading.material);
}

std::vector<absl::Status> FindTlsProblems(const std::string& directory, TlsUse use, Clock& clock) {
  Reading reading(directory, use, clock);
  reading.Run();
  return std::move(reading.problems);
}

}  // namespace switchboard::identity

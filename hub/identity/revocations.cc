#include "hub/identity/revocations.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "hub/base/error.h"

namespace switchboard::identity {
namespace {

absl::Status PemInvalid(std::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, "PEM_INVALID", problem);
}

enum class Signature { kGood, kBad, kOfSomebodyElse };

Signature SignatureOf(X509_CRL* list, const std::vector<Certificate>& authorities) {
  Signature found = Signature::kOfSomebodyElse;
  for (const Certificate& one : authorities) {
    if (X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(one.get())) != 0) continue;
    // A renewed authority has the same name and another key.
    if (X509_CRL_verify(list, X509_get0_pubkey(one.get())) == 1) return Signature::kGood;
    found = Signature::kBad;
  }
  return found;
}

}  // namespace

absl::StatusOr<Revocations> Revocations::Parse(const std::string& pem,
                                               const std::vector<Certificate>& authorities) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  Revocations revocations;
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
  while (X509_CRL* list = PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr))
    revocations.lists_.push_back({std::unique_ptr<X509_CRL, ListDeleter>(list), false});
  const unsigned long error = ERR_peek_last_error();
  const bool ended =
      ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (!ended) return PemInvalid("holds a revocation list that cannot be parsed");
  if (revocations.lists_.empty() && !pem.empty())
    return PemInvalid("holds no revocation list in PEM form");
  for (List& one : revocations.lists_) {
    const Signature signature = SignatureOf(one.list.get(), authorities);
    if (signature == Signature::kBad)
      return PemInvalid(
          "holds a revocation list that the CA in ca.crt which it names did not sign");
    one.verified = signature == Signature::kGood;
    if (const ASN1_TIME* next = X509_CRL_get0_nextUpdate(one.list.get()); next != nullptr)
      revocations.next_update_ = std::min(revocations.next_update_, TimeOf(next));
  }
  return revocations;
}

bool Revocations::Revoke(const std::vector<Certificate>& chain) const {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  for (const Certificate& certificate : chain) {
    for (const List& list : lists_)
      if (Revokes(list, certificate.get(), chain)) return true;
  }
  return false;
}

bool Revocations::Revokes(const List& list, X509* certificate,
                          const std::vector<Certificate>& chain) {
  X509_REVOKED* entry = nullptr;
  return X509_NAME_cmp(X509_CRL_get_issuer(list.list.get()), X509_get_issuer_name(certificate)) ==
             0 &&
         // 2 is an entry that takes one off the list again.
         X509_CRL_get0_by_cert(list.list.get(), &entry, certificate) == 1 &&
         (list.verified || SignatureOf(list.list.get(), chain) == Signature::kGood);
}

}  // namespace switchboard::identity

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

bool IsSignedBy(X509_CRL* list, const std::vector<Certificate>& authorities) {
  return std::any_of(authorities.begin(), authorities.end(), [list](const Certificate& one) {
    return X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(one.get())) == 0 &&
           X509_CRL_verify(list, X509_get0_pubkey(one.get())) == 1;
  });
}

}  // namespace

absl::StatusOr<Revocations> Revocations::Parse(const std::string& pem,
                                               const std::vector<Certificate>& authorities) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  Revocations revocations;
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
  while (X509_CRL* list = PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr))
    revocations.lists_.emplace_back(list);
  const unsigned long error = ERR_peek_last_error();
  const bool ended =
      ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (!ended) return PemInvalid("holds a revocation list that cannot be parsed");
  if (revocations.lists_.empty() && !pem.empty())
    return PemInvalid("holds no revocation list in PEM form");
  for (const List& list : revocations.lists_) {
    if (!IsSignedBy(list.get(), authorities))
      return PemInvalid("holds a revocation list that no CA in ca.crt has signed");
    if (const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list.get()); next != nullptr)
      revocations.next_update_ = std::min(revocations.next_update_, TimeOf(next));
  }
  return revocations;
}

bool Revocations::Revoke(const std::vector<Certificate>& chain) const {
  for (const Certificate& certificate : chain) {
    for (const List& list : lists_) {
      X509_REVOKED* entry = nullptr;
      const bool of_issuer = X509_NAME_cmp(X509_CRL_get_issuer(list.get()),
                                           X509_get_issuer_name(certificate.get())) == 0;
      // 2 is an entry that takes one off the list again.
      if (of_issuer && X509_CRL_get0_by_cert(list.get(), &entry, certificate.get()) == 1)
        return true;
    }
  }
  return false;
}

}  // namespace switchboard::identity

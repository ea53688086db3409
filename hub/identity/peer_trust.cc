#include "hub/identity/peer_trust.h"

#include <openssl/x509_vfy.h>

#include <algorithm>

#include "hub/base/error.h"
#include "hub/identity/certificate.h"

namespace switchboard::identity {
namespace {

// One above a certificate that is not believed may begin without a change of ca.crt; this is how
// late that is found.
constexpr absl::Duration kRefusalHoldsFor = absl::Minutes(1);

absl::Status Expired() {
  return Error(absl::StatusCode::kUnauthenticated, "CERTIFICATE_EXPIRED",
               "the client certificate, or one above it, is not valid any more; connect anew with "
               "one that is");
}

int JudgedBy(const LiveTls& live, const std::vector<Certificate>& chain, absl::Time now) {
  const int code = VerifyChain(chain, live.roots, TlsUse::kClient, now);
  if (code != X509_V_OK) return code;
  return live.revocations.Revoke(chain) ? X509_V_ERR_CERT_REVOKED : X509_V_OK;
}

// Of the certificates that the judgement may rest on, the leaf apart, whose own end is looked at
// each time.
absl::Time FirstEnd(const LiveTls& live, const std::vector<Certificate>& chain, absl::Time now) {
  absl::Time first = absl::InfiniteFuture();
  const auto note = [&](const Certificate& certificate) {
    const absl::Time end = NotAfter(certificate.get());
    if (end > now) first = std::min(first, end);
  };
  std::for_each(chain.begin() + 1, chain.end(), note);
  std::for_each(live.roots.begin(), live.roots.end(), note);
  return first;
}

}  // namespace

int PeerTrust::Judge(const std::vector<Certificate>& chain) const {
  return JudgedBy(*directory_.live(), chain, clock_.Now());
}

absl::Status PeerTrust::Check(const PeerCertificate& certificate) {
  const absl::Time now = clock_.Now();
  const auto live = directory_.live();
  {
    MutexLock lock(mutex_);
    const auto found = known_.find(certificate.digest());
    if (found != known_.end()) {
      const Known& known = found->second;
      const bool holds = now >= known.verified && now < known.holds_until;
      if (holds && known.trust_generation == live->trust_generation)
        return StatusOf(known.code, certificate, now);
    }
  }
  // Not under the lock: after a change of ca.crt everybody comes at once.
  const int code = JudgedBy(*live, certificate.chain(), now);
  const Known fresh{
      live->trust_generation, now,
      code == X509_V_OK ? FirstEnd(*live, certificate.chain(), now) : now + kRefusalHoldsFor, code};
  MutexLock lock(mutex_);
  Keep(certificate.digest(), fresh);
  return StatusOf(fresh.code, certificate, now);
}

absl::Status PeerTrust::StatusOf(int code, const PeerCertificate& certificate, absl::Time now) {
  switch (code) {
    case X509_V_OK:
      return now < certificate.not_before() || now >= certificate.not_after() ? Expired()
                                                                              : absl::OkStatus();
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Expired();
    case X509_V_ERR_CERT_REVOKED:
      return Error(absl::StatusCode::kUnauthenticated, "CERTIFICATE_REVOKED",
                   "the client certificate, or one above it, was revoked; connect anew with one "
                   "that was not");
    default:
      return Error(absl::StatusCode::kUnauthenticated, "CERTIFICATE_NOT_TRUSTED",
                   "the client certificate leads to no CA in the hub's ca.crt any more (" +
                       VerifyErrorText(code) + "); connect anew with one that does");
  }
}

void PeerTrust::Keep(const std::string& digest, const Known& known) {
  if (known_.size() >= kKnownMax && !known_.contains(digest)) {
    known_.erase(std::min_element(known_.begin(), known_.end(), [](const auto& a, const auto& b) {
      return a.second.verified < b.second.verified;
    }));
  }
  known_[digest] = known;
}

}  // namespace switchboard::identity

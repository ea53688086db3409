#include "hub/identity/peer_trust.h"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/identity/certificate.h"

namespace switchboard::identity {
namespace {

// A CA above the certificate ends without a change of ca.crt; this is how late that is found.
constexpr absl::Duration kHoldsFor = absl::Minutes(1);

absl::Status Expired() {
  return Error(absl::StatusCode::kUnauthenticated, "CERTIFICATE_EXPIRED",
               "the client certificate, or one above it, is not valid any more; connect anew with "
               "one that is");
}

}  // namespace

void PeerTrust::Remember(std::string_view certificate, std::string_view chain) {
  if (chain.empty()) return;
  const std::string digest = Sha256Of(certificate);
  MutexLock lock(mutex_);
  Known& known = EntryOf(digest);
  if (known.chain == chain) return;
  known.chain = std::string(chain);
  known.roots = 0;
}

absl::Status PeerTrust::Check(std::string_view certificate, std::string_view chain) {
  const absl::Time now = clock_.Now();
  const auto roots = directory_.roots();
  const std::string digest = Sha256Of(certificate);
  std::string above(chain);
  {
    MutexLock lock(mutex_);
    const auto found = known_.find(digest);
    if (found != known_.end()) {
      const Known& known = found->second;
      const bool same = above.empty() || above == known.chain;
      const bool recent = now >= known.verified && now - known.verified < kHoldsFor;
      if (same && recent && known.roots == roots->generation) return Judge(known, now);
      if (above.empty()) above = known.chain;
    }
  }
  // Not under the lock: after a change of ca.crt everybody comes at once.
  Known verified = Verify(certificate, std::move(above), *roots, now);
  const absl::Status judged = Judge(verified, now);
  MutexLock lock(mutex_);
  EntryOf(digest) = std::move(verified);
  return judged;
}

PeerTrust::Known PeerTrust::Verify(std::string_view certificate, std::string chain,
                                   const LiveRoots& roots, absl::Time now) {
  Known known;
  known.roots = roots.generation;
  known.verified = now;
  known.code = X509_V_ERR_UNSPECIFIED;
  auto certificates = ParseCertificates(std::string(certificate));
  if (!certificates.ok()) return known;
  known.not_before = NotBefore(certificates->front().get());
  known.not_after = NotAfter(certificates->front().get());
  if (auto above = ParseCertificates(chain); above.ok())
    std::move(above->begin(), above->end(), std::back_inserter(*certificates));
  known.code = VerifyChain(*certificates, roots.certificates, TlsUse::kClient, now);
  known.chain = std::move(chain);
  return known;
}

absl::Status PeerTrust::Judge(const Known& known, absl::Time now) {
  switch (known.code) {
    case X509_V_OK:
      return now < known.not_before || now >= known.not_after ? Expired() : absl::OkStatus();
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Expired();
    default:
      return Error(absl::StatusCode::kUnauthenticated, "CERTIFICATE_NOT_TRUSTED",
                   "the client certificate leads to no CA in the hub's ca.crt any more (" +
                       VerifyErrorText(known.code) + "); connect anew with one that does");
  }
}

PeerTrust::Known& PeerTrust::EntryOf(const std::string& digest) {
  const auto found = known_.find(digest);
  if (found != known_.end()) return found->second;
  if (known_.size() >= kKnownMax) {
    known_.erase(std::min_element(known_.begin(), known_.end(), [](const auto& a, const auto& b) {
      return a.second.verified < b.second.verified;
    }));
  }
  return known_[digest];
}

}  // namespace switchboard::identity

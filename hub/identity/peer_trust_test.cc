#include "hub/identity/peer_trust.h"

#include <string>

#include "hub/identity/development_authority.h"
#include "hub/identity/loopback_hub.h"

namespace switchboard::identity {
namespace {

using ::switchboard::testing::FailsWith;
using ::switchboard::testing::TemporaryFolder;

const std::string kVendor = std::string("spiffe://") + kDomain + "/vendor/sakura";
constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;

class PeerTrustTest : public ::testing::Test {
 protected:
  PeerTrustTest() {
    issuer_.Write(Hub(), issuer_.Server());
    TlsDirectoryOptions options;
    options.directory = Hub();
    options.poll_interval = absl::Hours(1);  // tests call Refresh
    tls_ = *TlsDirectory::Open(std::move(options), clock_);
    trust_ = std::make_unique<PeerTrust>(*tls_, clock_);
  }

  std::string Hub() const { return folder_ / "hub"; }

  // The certificate of a client, from ten minutes ago until in ten hours.
  std::string Certificate() {
    issuer_.Write(folder_ / "client", issuer_.Client(kVendor));
    return testing::ReadFile(folder_ / "client/tls.crt");
  }

  // The hub's own certificate and what it trusts, from now on.
  void Publish(const Issuer& issuer, const std::string& roots) {
    issuer.Write(Hub(), issuer.Server(), roots);
    ASSERT_OK(tls_->Refresh());
  }

  ManualClock clock_;
  TemporaryFolder folder_;
  Issuer issuer_{clock_};
  Issuer other_{clock_};
  std::unique_ptr<TlsDirectory> tls_;
  std::unique_ptr<PeerTrust> trust_;
};

TEST_F(PeerTrustTest, ACertificateCountsFromItsBeginningToItsEnd) {
  const std::string certificate = Certificate();
  const std::pair<absl::Duration, bool> steps[] = {
      {absl::ZeroDuration(), true},
      {absl::Hours(10), false},
      {absl::Seconds(-1), true},
      {absl::Seconds(1), false},
      {absl::Seconds(-1), true},
      {absl::Seconds(1) - absl::Hours(10) - absl::Minutes(10), true},
      {absl::Seconds(-1), false},
      {absl::Minutes(11), true},
      {absl::Hours(24 * 365), false},
  };
  for (const auto& [step, good] : steps) {
    clock_.Advance(step);
    const absl::Status status = trust_->Check(certificate, "");
    if (good) {
      EXPECT_OK(status) << clock_.Now();
    } else {
      EXPECT_THAT(status, FailsWith(kUnauthenticated, "CERTIFICATE_EXPIRED")) << clock_.Now();
    }
  }
}

TEST_F(PeerTrustTest, ACertificateCountsWhileItsAuthorityDoes) {
  const std::string certificate = Certificate();
  EXPECT_OK(trust_->Check(certificate, ""));
  Publish(issuer_, issuer_.roots() + other_.roots());
  EXPECT_OK(trust_->Check(certificate, ""));
  Publish(other_, other_.roots());
  for (int times = 0; times < 2; ++times) {
    EXPECT_THAT(trust_->Check(certificate, ""),
                FailsWith(kUnauthenticated, "CERTIFICATE_NOT_TRUSTED"));
  }
  Publish(issuer_, issuer_.roots());
  EXPECT_OK(trust_->Check(certificate, ""));
}

// A renewal of the hub's own certificate is none of the roots.
TEST_F(PeerTrustTest, TheRootsHaveANewNumberWhenTheyChange) {
  const int64_t first = tls_->roots()->generation;
  Publish(issuer_, issuer_.roots());
  EXPECT_EQ(tls_->roots()->generation, first);
  Publish(issuer_, issuer_.roots() + other_.roots());
  EXPECT_GT(tls_->roots()->generation, first);
  EXPECT_EQ(tls_->roots()->certificates.size(), 2u);
}

// A connection that resumes a TLS session shows the leaf alone.
TEST_F(PeerTrustTest, CertificatesBetweenAreKeptFromTheHandshake) {
  const auto root =
      DevelopmentAuthority::Create(clock_.Now() - absl::Hours(1), clock_.Now() + absl::Hours(9));
  ASSERT_OK(root);
  const auto middle =
      root->Subordinate(clock_.Now() - absl::Hours(1), clock_.Now() + absl::Minutes(5));
  ASSERT_OK(middle);
  const auto issued = middle->Issue(issuer_.Client(kVendor));
  ASSERT_OK(issued);
  Publish(issuer_, issuer_.roots() + root->certificate_pem());
  const std::string& leaf = issued->certificate_pem;
  EXPECT_THAT(trust_->Check(leaf, ""), FailsWith(kUnauthenticated, "CERTIFICATE_NOT_TRUSTED"));
  trust_->Remember(leaf, middle->certificate_pem());
  EXPECT_OK(trust_->Check(leaf, ""));
  trust_->Remember(leaf, "");
  EXPECT_OK(trust_->Check(leaf, ""));
  EXPECT_OK(trust_->Check(leaf, middle->certificate_pem()));
  // The one between ends first: found a minute later at the latest.
  clock_.Advance(absl::Minutes(6));
  EXPECT_THAT(trust_->Check(leaf, ""), FailsWith(kUnauthenticated, "CERTIFICATE_EXPIRED"));
}

TEST_F(PeerTrustTest, WhatIsNoCertificateOrNoClientsIsNotTrusted) {
  issuer_.Write(folder_ / "server", issuer_.Server());
  for (const std::string& one :
       {std::string("nonsense"), testing::ReadFile(folder_ / "server/tls.crt")}) {
    EXPECT_THAT(trust_->Check(one, ""), FailsWith(kUnauthenticated, "CERTIFICATE_NOT_TRUSTED"));
  }
}

// Whoever brings many certificates only makes the hub verify more often.
TEST_F(PeerTrustTest, RemembersOnlySoMany) {
  const auto root =
      DevelopmentAuthority::Create(clock_.Now() - absl::Hours(1), clock_.Now() + absl::Hours(9));
  ASSERT_OK(root);
  const auto middle =
      root->Subordinate(clock_.Now() - absl::Hours(1), clock_.Now() + absl::Hours(8));
  ASSERT_OK(middle);
  const auto issued = middle->Issue(issuer_.Client(kVendor));
  ASSERT_OK(issued);
  Publish(issuer_, issuer_.roots() + root->certificate_pem());
  const std::string& leaf = issued->certificate_pem;
  trust_->Remember(leaf, middle->certificate_pem());
  EXPECT_OK(trust_->Check(leaf, ""));
  for (size_t i = 0; i <= PeerTrust::kKnownMax; ++i) {
    clock_.Advance(absl::Milliseconds(1));
    EXPECT_FALSE(trust_->Check("certificate " + std::to_string(i), "").ok());
  }
  EXPECT_THAT(trust_->Check(leaf, ""), FailsWith(kUnauthenticated, "CERTIFICATE_NOT_TRUSTED"))
      << "what lay between is forgotten";
  EXPECT_OK(trust_->Check(leaf, middle->certificate_pem()));
}

}  // namespace
}  // namespace switchboard::identity

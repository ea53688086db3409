#include "hub/identity/peer_trust.h"

#include <string>

#include "hub/identity/trust_fixture.h"

namespace switchboard::identity {
namespace {

using ::switchboard::testing::FailsWith;

constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;

class PeerTrustTest : public TrustFixture {
 protected:
  static PeerCertificate Shown(const std::string& chain_pem) {
    return PeerCertificate(*ParseCertificates(chain_pem));
  }

  // The certificate of a client, from ten minutes ago until in ten hours.
  PeerCertificate Client() {
    return Shown(issuer_.authority().Issue(issuer_.Client(kVendor))->certificate_pem);
  }

  // The hub's own certificate and what it trusts, from now on.
  void Publish(const Issuer& issuer, const std::string& roots) {
    issuer.Write(Hub(), issuer.Server(), roots);
    ASSERT_OK(tls_->Refresh());
  }
};

TEST_F(PeerTrustTest, ACertificateCountsFromItsBeginningToItsEnd) {
  const PeerCertificate certificate = Client();
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
    const absl::Status status = trust_->Check(certificate);
    if (good) {
      EXPECT_OK(status) << clock_.Now();
    } else {
      EXPECT_THAT(status, FailsWith(kUnauthenticated, "CERTIFICATE_EXPIRED")) << clock_.Now();
    }
  }
}

TEST_F(PeerTrustTest, ACertificateCountsWhileItsAuthorityDoes) {
  const PeerCertificate certificate = Client();
  EXPECT_OK(trust_->Check(certificate));
  Publish(issuer_, issuer_.roots() + other_.roots());
  EXPECT_OK(trust_->Check(certificate));
  Publish(other_, other_.roots());
  for (int times = 0; times < 2; ++times) {
    EXPECT_THAT(trust_->Check(certificate), FailsWith(kUnauthenticated, "CERTIFICATE_NOT_TRUSTED"));
  }
  Publish(issuer_, issuer_.roots());
  EXPECT_OK(trust_->Check(certificate));
}

// A renewal of the hub's own certificate is none of the roots.
TEST_F(PeerTrustTest, WhomToBelieveHasANewNumberWhenItChanges) {
  const int64_t first = tls_->live()->trust_generation;
  Publish(issuer_, issuer_.roots());
  EXPECT_EQ(tls_->live()->trust_generation, first);
  EXPECT_EQ(tls_->live()->generation, 2);
  Publish(issuer_, issuer_.roots() + other_.roots());
  EXPECT_GT(tls_->live()->trust_generation, first);
  EXPECT_EQ(tls_->live()->roots.size(), 2u);
}

// The whole chain that the peer showed counts, and the one between may end first.
TEST_F(PeerTrustTest, CertificatesBetweenCountWithTheLeaf) {
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
  const PeerCertificate whole = Shown(leaf + middle->certificate_pem());
  EXPECT_THAT(trust_->Check(Shown(leaf)), FailsWith(kUnauthenticated, "CERTIFICATE_NOT_TRUSTED"));
  EXPECT_OK(trust_->Check(whole));
  clock_.Advance(absl::Minutes(5) - absl::Seconds(1));
  EXPECT_OK(trust_->Check(whole));
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(trust_->Check(whole), FailsWith(kUnauthenticated, "CERTIFICATE_EXPIRED"));
}

TEST_F(PeerTrustTest, WhatIsNoClientsIsNotTrusted) {
  const auto server = issuer_.authority().Issue(issuer_.Server());
  ASSERT_OK(server);
  EXPECT_THAT(trust_->Check(Shown(server->certificate_pem)),
              FailsWith(kUnauthenticated, "CERTIFICATE_NOT_TRUSTED"));
}

TEST_F(PeerTrustTest, ARevokedCertificateCountsNoMore) {
  const PeerCertificate kept = Client();
  const auto revoked = issuer_.authority().Issue(issuer_.Client(kVendor));
  ASSERT_OK(revoked);
  const PeerCertificate lost = Shown(revoked->certificate_pem);
  EXPECT_OK(trust_->Check(lost));
  ASSERT_OK_AND_ASSIGN(const std::string list,
                       issuer_.authority().Revoke({revoked->certificate_pem}, clock_.Now(),
                                                  clock_.Now() + absl::Hours(1)));
  ASSERT_OK(WriteMaterial(Hub() + "/crl.pem", list, 0644));
  ASSERT_OK(tls_->Refresh());
  EXPECT_THAT(trust_->Check(lost), FailsWith(kUnauthenticated, "CERTIFICATE_REVOKED"));
  EXPECT_NE(trust_->Judge(lost.chain()), 0);
  EXPECT_OK(trust_->Check(kept));
  // A forgotten renewal lets nobody in again and locks nobody out.
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(trust_->Check(lost), FailsWith(kUnauthenticated, "CERTIFICATE_REVOKED"));
  EXPECT_OK(trust_->Check(kept));
  std::filesystem::remove(Hub() + "/crl.pem");
  ASSERT_OK(tls_->Refresh());
  EXPECT_OK(trust_->Check(lost));
}

// Whoever brings many certificates only makes the hub verify more often.
TEST_F(PeerTrustTest, ManyCertificatesAreEachJudged) {
  const PeerCertificate mine = Client();
  EXPECT_OK(trust_->Check(mine));
  unsigned char* encoded = nullptr;
  const int size = i2d_X509(mine.chain().front().get(), &encoded);
  std::vector<unsigned char> bytes(encoded, encoded + size);
  OPENSSL_free(encoded);
  for (size_t i = 0; i <= PeerTrust::kKnownMax; ++i) {
    clock_.Advance(absl::Milliseconds(1));
    // In the signature, which ends the certificate.
    std::vector<unsigned char> forged = bytes;
    forged[forged.size() - 1] ^= static_cast<unsigned char>(i);
    forged[forged.size() - 2] ^= static_cast<unsigned char>(i >> 8);
    forged[forged.size() - 3] ^= 1;
    const unsigned char* at = forged.data();
    std::vector<Certificate> chain;
    chain.emplace_back(d2i_X509(nullptr, &at, static_cast<long>(forged.size())));
    ASSERT_NE(chain.front(), nullptr);
    EXPECT_FALSE(trust_->Check(PeerCertificate(std::move(chain))).ok());
  }
  EXPECT_OK(trust_->Check(mine));
}

}  // namespace
}  // namespace switchboard::identity

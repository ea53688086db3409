// Whom a certificate makes a caller, and what becomes of the connections of one that counts no
// more.

#include "hub/identity/client_credentials.h"
#include "hub/identity/tls_probe.h"
#include "tests/connections/loopback_hub.h"

namespace switchboard::connections_test {
namespace {

using identity::DevelopmentAuthority;
using identity::Issuer;
using identity::kDomain;
using identity::LeafRequest;
using identity::MakeClientCredentials;
using identity::TlsProbe;
using identity::ToPem;
using identity::WriteMaterial;
using ::switchboard::testing::FailsWith;
using ::switchboard::testing::TemporaryFolder;

class WhoCallsTest : public ::testing::Test {
 protected:
  WhoCallsTest() {
    issuer_.Write(folder_ / "hub", issuer_.Server());
    hub_ = std::make_unique<LoopbackHub>(folder_ / "hub", clock_);
    hub_->Start();
  }

  void ExpectServed() {
    issuer_.Write(folder_ / "good", issuer_.Client(kVendor));
    EXPECT_EQ(hub_->Call(folder_ / "good"), absl::AbortedError("vendor/sakura"));
  }

  void ExpectRefused(const LeafRequest& request) {
    issuer_.Write(folder_ / "bad", request);
    EXPECT_EQ(hub_->Call(folder_ / "bad").code(), absl::StatusCode::kUnavailable);
  }

  // The certificate that a new handshake gets.
  std::string Served() {
    auto probe = TlsProbe::Connect(hub_->address(), absl::Seconds(10));
    const absl::Status status = probe.ok() ? (*probe)->Handshake(nullptr) : probe.status();
    EXPECT_OK(status);
    if (!status.ok()) return "";
    return ToPem((*probe)->server_chain().front().get());
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  Issuer issuer_{clock_};
  std::unique_ptr<LoopbackHub> hub_;
};

TEST_F(WhoCallsTest, GoodCertificateReachesTheService) {
  issuer_.Write(folder_ / "good", issuer_.Client(kVendor));
  ASSERT_OK_AND_ASSIGN(const auto credentials, MakeClientCredentials(folder_ / "good", clock_));
  EXPECT_EQ(hub_->CallWith(credentials, hub_->address()), absl::AbortedError("vendor/sakura"));
}

TEST_F(WhoCallsTest, OtherRolesAreDenied) {
  for (const char* role : {"core", "operator", "hub"}) {
    issuer_.Write(folder_ / role,
                  issuer_.Client(std::string("spiffe://") + kDomain + "/" + role + "/x"));
    EXPECT_THAT(hub_->Call(folder_ / role),
                FailsWith(absl::StatusCode::kPermissionDenied, "NOT_A_VENDOR"));
  }
}

// The connection stands, so that each call can say what is wrong.
TEST_F(WhoCallsTest, WithoutOneSpiffeIdOfTheDomainEachCallSaysWhy) {
  LeafRequest two = issuer_.Client(kVendor);
  two.uris.push_back(std::string("spiffe://") + kDomain + "/operator/sakura");
  LeafRequest web = issuer_.Client(kVendor);
  web.uris.push_back("https://issuer.example/");
  LeafRequest name_only = issuer_.Client("");
  name_only.hosts = {"sakura.example"};
  name_only.common_name = kVendor;
  for (const LeafRequest& request :
       {issuer_.Client(""), issuer_.Client("spiffe://other.example/vendor/sakura"),
        issuer_.Client("spiffe://issuer.example/vendor/Sakura"),
        issuer_.Client("spiffe://issuer.example/vendor/sakura/x"), two, web, name_only}) {
    SCOPED_TRACE(request.uris.empty() ? "no URI" : request.uris.back());
    issuer_.Write(folder_ / "bad", request);
    EXPECT_THAT(hub_->Call(folder_ / "bad"),
                FailsWith(absl::StatusCode::kUnauthenticated, "NO_IDENTITY"));
  }
  EXPECT_TRUE(hub_->SawNameless());
  ExpectServed();
}

TEST_F(WhoCallsTest, CertificateMustBeValidForAClient) {
  LeafRequest expired = issuer_.Client(kVendor);
  expired.not_after = issuer_.now() - absl::Minutes(5);
  LeafRequest early = issuer_.Client(kVendor);
  early.not_before = issuer_.now() + absl::Hours(1);
  LeafRequest server_only = issuer_.Client(kVendor);
  server_only.client = false;
  server_only.server = true;
  for (const LeafRequest& request : {expired, early, server_only}) ExpectRefused(request);
  ExpectServed();
}

// What CheckTlsMaterial takes gRPC takes, on both sides: ca.crt with the intermediate only.
TEST_F(WhoCallsTest, AnIntermediateWithoutItsRootIsTrustEnough) {
  const auto root =
      DevelopmentAuthority::Create(issuer_.now() - absl::Hours(1), issuer_.now() + absl::Hours(9));
  ASSERT_OK(root);
  const auto middle =
      root->Subordinate(issuer_.now() - absl::Hours(1), issuer_.now() + absl::Hours(9));
  ASSERT_OK(middle);
  const auto write = [&](const std::string& folder, const LeafRequest& request) {
    const auto issued = middle->Issue(request);
    ASSERT_OK(issued);
    std::filesystem::create_directories(folder);
    ASSERT_OK(WriteMaterial(folder + "/tls.crt", issued->certificate_pem, 0644));
    ASSERT_OK(WriteMaterial(folder + "/tls.key", issued->key_pem, 0600));
    ASSERT_OK(WriteMaterial(folder + "/ca.crt", middle->certificate_pem(), 0644));
  };
  write(folder_ / "below", issuer_.Server());
  write(folder_ / "client", issuer_.Client(kVendor));
  LoopbackHub below(folder_ / "below", clock_);
  below.Start();
  EXPECT_EQ(below.Call(folder_ / "client"), absl::AbortedError("vendor/sakura"));
  ASSERT_OK_AND_ASSIGN(const auto credentials, MakeClientCredentials(folder_ / "client", clock_));
  EXPECT_EQ(below.CallWith(credentials, below.address()), absl::AbortedError("vendor/sakura"));
  // And nothing but that: another authority's certificate is still refused.
  issuer_.Write(folder_ / "other", issuer_.Client(kVendor), middle->certificate_pem());
  EXPECT_EQ(below.Call(folder_ / "other").code(), absl::StatusCode::kUnavailable);
}

TEST_F(WhoCallsTest, OtherAuthoritiesAndNoCertificateAreRefused) {
  Issuer rogue(clock_);
  rogue.Write(folder_ / "rogue", rogue.Client(kVendor), issuer_.roots());
  EXPECT_EQ(hub_->Call(folder_ / "rogue").code(), absl::StatusCode::kUnavailable);
  grpc::SslCredentialsOptions anonymous;
  anonymous.pem_root_certs = issuer_.roots();
  EXPECT_EQ(hub_->CallWith(grpc::SslCredentials(anonymous), hub_->address()).code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(hub_->CallWith(grpc::InsecureChannelCredentials(), hub_->address()).code(),
            absl::StatusCode::kUnavailable);
  ExpectServed();
}

TEST_F(WhoCallsTest, ClientRefusesAnImpostor) {
  Issuer rogue(clock_);
  issuer_.Write(folder_ / "good", issuer_.Client(kVendor));
  rogue.Write(folder_ / "impostor", rogue.Server(), rogue.roots() + issuer_.roots());
  LoopbackHub impostor(folder_ / "impostor", clock_);
  impostor.Start();
  EXPECT_EQ(impostor.Call(folder_ / "good").code(), absl::StatusCode::kUnavailable);

  LeafRequest elsewhere = issuer_.Server();
  elsewhere.hosts = {"hub.example"};
  issuer_.Write(folder_ / "elsewhere", elsewhere);
  LoopbackHub other_name(folder_ / "elsewhere", clock_);
  other_name.Start();
  EXPECT_EQ(other_name.Call(folder_ / "good").code(), absl::StatusCode::kUnavailable);
}

// So that a peer shows its renewed certificate in time; nobody's call is lost by it.
TEST_F(WhoCallsTest, AConnectionGrowsNoOlderThanItMay) {
  LoopbackOptions options;
  options.age = {absl::Milliseconds(200), absl::Hours(1)};
  LoopbackHub short_lived(folder_ / "hub", clock_, options);
  short_lived.Start();
  issuer_.Write(folder_ / "good", issuer_.Client(kVendor));
  ASSERT_OK_AND_ASSIGN(const auto credentials, MakeClientCredentials(folder_ / "good", clock_));
  const auto channel = LoopbackHub::Connect(credentials, short_lived.address());
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (short_lived.guard().accepted() < 3 && std::chrono::steady_clock::now() < limit)
    EXPECT_EQ(LoopbackHub::CallOver(channel), absl::AbortedError("vendor/sakura"));
  EXPECT_GE(short_lived.guard().accepted(), 3);
}

// Half a renewal (the new key beside the old certificate) must not disturb anybody.
TEST_F(WhoCallsTest, MismatchedPairIsIgnoredAndAGoodPairIsTaken) {
  const std::string first = Served();
  const std::string old_certificate = testing::ReadFile(folder_ / "hub/tls.crt");
  issuer_.Write(folder_ / "next", issuer_.Server());
  ASSERT_OK(
      WriteMaterial(folder_ / "hub/tls.key", testing::ReadFile(folder_ / "next/tls.key"), 0600));

  EXPECT_THAT(hub_->tls().Refresh(),
              FailsWith(absl::StatusCode::kFailedPrecondition, "TLS_MATERIAL_INVALID"));
  ASSERT_EQ(hub_->changes().size(), 1u);
  EXPECT_EQ(ErrorMetadata(hub_->changes()[0], "file"), folder_ / "hub/tls.key");
  EXPECT_FALSE(hub_->tls().Refresh().ok());
  EXPECT_EQ(hub_->changes().size(), 1u) << "told once";
  EXPECT_EQ(Served(), first);
  ExpectServed();

  ASSERT_OK(
      WriteMaterial(folder_ / "hub/tls.crt", testing::ReadFile(folder_ / "next/tls.crt"), 0644));
  EXPECT_OK(hub_->tls().Refresh());
  ASSERT_EQ(hub_->changes().size(), 2u);
  EXPECT_OK(hub_->changes()[1]);
  EXPECT_EQ(Served(), testing::ReadFile(folder_ / "next/tls.crt"));
  ExpectServed();
}

// The next handshake has what was published last.
TEST_F(WhoCallsTest, QuickRenewalsCountAtOnce) {
  for (int i = 0; i < 20; ++i) {
    issuer_.Write(folder_ / "hub", issuer_.Server());
    ASSERT_OK(hub_->tls().Refresh());
    EXPECT_EQ(Served(), testing::ReadFile(folder_ / "hub/tls.crt"));
  }
}

}  // namespace
}  // namespace switchboard::connections_test

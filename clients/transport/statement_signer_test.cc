#include "clients/transport/statement_signer.h"

#include <string>

#include "hub/identity/statement_signature.h"
#include "hub/identity/test_issuer.h"
#include "tests/testing.h"

namespace switchboard::transport {
namespace {

using identity::Issuer;
using identity::Peer;
using testing::FailsWith;

class StatementSignerTest : public ::testing::Test {
 protected:
  static std::string UriOf(const std::string& rest) {
    return std::string("spiffe://") + identity::kDomain + rest;
  }
  auto Read() { return StatementSigner::Read(folder_ / "tls", clock_); }

  ManualClock clock_;
  testing::TemporaryFolder folder_;
  Issuer issuer_{clock_};
};

TEST_F(StatementSignerTest, TheHubBelievesWhatTheVendorsFolderSigns) {
  issuer_.Write(folder_ / "tls", issuer_.Client(UriOf("/vendor/sakura")));
  issuer_.Write(folder_ / "hub", issuer_.Server());
  ASSERT_OK_AND_ASSIGN(const StatementSigner signer, Read());
  EXPECT_EQ(signer.vendor_id(), "sakura");
  v1::DeletionStatement statement;
  statement.set_order_id("d1");
  statement.set_vendor_id("momiji");  // not what the certificate says
  statement.set_count(3);
  ASSERT_OK_AND_ASSIGN(const v1::ConfirmDeletionRequest request, signer.Sign(statement));

  v1::DeletionStatement read;
  ASSERT_TRUE(read.ParseFromString(request.statement()));
  EXPECT_EQ(read.order_id(), "d1");
  EXPECT_EQ(read.vendor_id(), "sakura");
  EXPECT_EQ(read.count(), 3);

  identity::TlsDirectoryOptions options;
  options.directory = folder_ / "hub";
  options.poll_interval = absl::Hours(1);
  ASSERT_OK_AND_ASSIGN(const auto tls, identity::TlsDirectory::Open(options, clock_));
  const identity::PeerTrust trust(*tls, clock_);
  const identity::SignedStatement taken{
      request.statement(),
      request.signature(),
      {request.certificates().begin(), request.certificates().end()}};
  EXPECT_OK(identity::CheckStatement(taken, Peer{Peer::Role::kVendor, "sakura"}, trust,
                                     identity::kDomain));
}

TEST_F(StatementSignerTest, OnlyAVendorsFolderSigns) {
  EXPECT_THAT(Read(), FailsWith(absl::StatusCode::kFailedPrecondition, "TLS_MATERIAL_INVALID"));
  for (const std::string& uri :
       {UriOf("/core/sakura"), UriOf("/vendor/"), UriOf("/vendor/a/b"), std::string("spiffe://"),
        std::string("https://issuer.example/vendor/sakura"), std::string()}) {
    issuer_.Write(folder_ / "tls", issuer_.Client(uri));
    EXPECT_THAT(Read(), FailsWith(absl::StatusCode::kFailedPrecondition, "TLS_MATERIAL_INVALID"))
        << uri;
  }
}

}  // namespace
}  // namespace switchboard::transport

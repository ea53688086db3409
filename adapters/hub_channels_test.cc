#include "adapters/hub_channels.h"

#include <filesystem>

#include <grpcpp/grpcpp.h>

#include "hub/identity/development_certificates.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using identity::Peer;
using testing::FailsWith;
using VendorHubs = Hubs<v1::VendorService>;

// Says who called, as the certificate does.
class NamingHub final : public v1::VendorService::Service {
  grpc::Status RequestPermit(grpc::ServerContext* context, const v1::RequestPermitRequest*,
                             v1::RequestPermitResponse* response) override {
    const auto ids = context->auth_context()->FindPropertyValues("peer_spiffe_id");
    response->mutable_denial()->set_explanation(
        ids.empty() ? "" : std::string(ids[0].data(), ids[0].size()));
    return grpc::Status::OK;
  }
};

class HubChannelsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.directory = folder_ / "tls";
    options_.trust_domain = "issuer.example";
    options_.peers = {{Peer{Peer::Role::kHub, "one"}, {}}, {Peer{Peer::Role::kVendor, "a"}, {}}};
    ASSERT_OK_AND_ASSIGN(folders_, identity::MakeDevelopmentCertificates(options_, clock_));
  }
  ChannelSource SourceOf(std::vector<std::string> addresses) {
    return ChannelSource(std::move(addresses), folders_[1], nullptr, clock_);
  }

  testing::TemporaryFolder folder_;
  SystemClock clock_;  // OpenSSL looks at no other
  identity::DevelopmentOptions options_;
  std::vector<std::string> folders_;  // of the hub, of the vendor
};

TEST_F(HubChannelsTest, ConnectsWithMutualTls) {
  NamingHub service;
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = testing::ReadFile(folders_[0] + "/ca.crt");
  tls.pem_key_cert_pairs.push_back(
      {testing::ReadFile(folders_[0] + "/tls.key"), testing::ReadFile(folders_[0] + "/tls.crt")});
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("localhost:0", grpc::SslServerCredentials(tls), &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);

  ChannelSource source = SourceOf({"localhost:" + std::to_string(port)});
  ASSERT_OK_AND_ASSIGN(const Channels channels, source.Make());
  VendorHubs hubs(channels);
  grpc::ClientContext context;
  v1::RequestPermitResponse response;
  const grpc::Status status =
      hubs.current()->stub->RequestPermit(&context, v1::RequestPermitRequest(), &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.denial().explanation(), "spiffe://issuer.example/vendor/a");
}

TEST_F(HubChannelsTest, RenewsWhenTheCertificateChangesAndOnlyThen) {
  ChannelSource source = SourceOf({"one:1", "two:2"});
  ASSERT_OK(source.Make());
  ASSERT_OK_AND_ASSIGN(auto renewed, source.Renew());
  EXPECT_FALSE(renewed.has_value());

  options_.force = true;
  ASSERT_OK(identity::AddDevelopmentCertificates(options_, clock_));
  ASSERT_OK_AND_ASSIGN(renewed, source.Renew());
  ASSERT_TRUE(renewed.has_value());
  EXPECT_EQ(renewed->size(), 2u);
  ASSERT_OK_AND_ASSIGN(renewed, source.Renew());
  EXPECT_FALSE(renewed.has_value());

  std::filesystem::remove(folders_[1] + "/tls.key");
  EXPECT_FALSE(source.Renew().ok());
}

TEST_F(HubChannelsTest, NeedsAnAddress) {
  EXPECT_THAT(SourceOf({}).Make(), FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"));
}

TEST_F(HubChannelsTest, TurnsOnceForManyFailuresOfOneHub) {
  ChannelSource source = SourceOf({"one:1", "two:2", "three:3"});
  ASSERT_OK_AND_ASSIGN(const Channels channels, source.Make());
  VendorHubs hubs(channels);
  hubs.TurnFrom(0);
  hubs.TurnFrom(0);  // a call that failed over the same hub, noticed later
  EXPECT_EQ(hubs.current()->number, 1u);
  hubs.TurnFrom(1);
  hubs.TurnFrom(2);
  EXPECT_EQ(hubs.current()->number, 0u);
}

TEST_F(HubChannelsTest, OldChannelLivesAsLongAsItsCalls) {
  ChannelSource source = SourceOf({"one:1"});
  ASSERT_OK_AND_ASSIGN(Channels channels, source.Make());
  VendorHubs hubs(channels);
  auto call = hubs.current();
  std::weak_ptr<VendorHubs::Hub> old = call;
  hubs.Replace(channels);
  EXPECT_NE(hubs.current(), call);
  hubs.DropUnused();
  call.reset();
  EXPECT_FALSE(old.expired()) << "a call must never hold the last reference";
  hubs.DropUnused();
  EXPECT_TRUE(old.expired());
}

}  // namespace
}  // namespace switchboard::adapters

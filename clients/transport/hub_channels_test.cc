#include "clients/transport/hub_channels.h"

#include <filesystem>
#include <future>

#include <grpcpp/grpcpp.h>

#include "hub/identity/development_certificates.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/servers/relay.h"
#include "tests/testing.h"

namespace switchboard::transport {
namespace {

using identity::Peer;
using servers::Relay;
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

TEST_F(HubChannelsTest, StartsWhereTheDrawFalls) {
  ChannelSource source = SourceOf({"one:1", "two:2", "three:3"});
  ASSERT_OK_AND_ASSIGN(const Channels channels, source.Make());
  for (uint64_t draw = 0; draw < 6; ++draw) {
    EXPECT_EQ(VendorHubs(channels, draw).current()->number, draw % 3);
  }
  VendorHubs hubs(channels, ~uint64_t{0});
  hubs.TurnTo(1);
  EXPECT_EQ(hubs.current()->number, 1u);
}

TEST_F(HubChannelsTest, OldChannelLivesAsLongAsItsCalls) {
  ChannelSource source = SourceOf({"one:1"});
  ASSERT_OK_AND_ASSIGN(Channels channels, source.Make());
  VendorHubs hubs(channels);
  auto call = hubs.current();
  std::shared_ptr<grpc::Channel> of_context = call->channel;  // as a grpc::ClientContext has it
  const std::weak_ptr<grpc::Channel> old = of_context;
  ASSERT_OK_AND_ASSIGN(channels, source.Make());
  hubs.Replace(channels);
  EXPECT_NE(hubs.current(), call);
  hubs.DropUnused();
  call.reset();
  hubs.DropUnused();
  of_context.reset();
  EXPECT_FALSE(old.expired()) << "neither a call nor its context may hold the last reference";
  hubs.DropUnused();
  EXPECT_TRUE(old.expired());
}

TEST_F(HubChannelsTest, TheConnectTimeoutIsTheChannels) {
  Relay nowhere(folder_ / "wire", folder_ / "nobody");
  nowhere.Freeze();
  ChannelOptions options;
  options.connect_timeout = absl::Milliseconds(100);
  ChannelSource source({nowhere.address()}, folders_[1], nullptr, clock_, options);
  ASSERT_OK_AND_ASSIGN(const Channels channels, source.Make());
  VendorHubs hubs(channels);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(15));
  v1::RequestPermitResponse response;
  EXPECT_EQ(hubs.current()->stub->RequestPermit(&context, {}, &response).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

// --- Connections, without TLS
// -------------------------------------------------------------------------

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + (folder_ / "hub"), grpc::InsecureServerCredentials());
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);  // tests have no 10 s
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) const {
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                     ArgumentsOf(options_));
  }
  static bool Never() { return false; }

  static constexpr absl::Duration kLong = absl::Hours(1);
  testing::TemporaryFolder folder_;
  NamingHub service_;
  std::unique_ptr<grpc::Server> server_;
  Relay wire_{folder_ / "wire", folder_ / "hub"};
  ChannelOptions options_;
};

TEST_F(ConnectionTest, ConnectsOrSaysThatItCannot) {
  EXPECT_TRUE(Connect(*ChannelTo(wire_.address()), kLong));
  EXPECT_FALSE(Connect(*ChannelTo("unix:" + (folder_ / "nobody")), kLong));
  wire_.Freeze();
  EXPECT_FALSE(Connect(*ChannelTo(wire_.address()), absl::Milliseconds(1)));
  options_.connect_timeout = absl::Milliseconds(100);
  EXPECT_FALSE(Connect(*ChannelTo(wire_.address()), kLong));
}

TEST_F(ConnectionTest, AwaitsTheFirstThatComes) {
  wire_.Cut();
  const Channels channels = {ChannelTo("unix:" + (folder_ / "nobody")), ChannelTo(wire_.address())};
  EXPECT_EQ(AwaitConnection(channels, absl::Milliseconds(1), Never), std::nullopt);
  EXPECT_EQ(AwaitConnection(channels, kLong, [] { return true; }), std::nullopt);
  auto connected =
      std::async(std::launch::async, [&] { return AwaitConnection(channels, kLong, Never); });
  EXPECT_TRUE(wire_.HasRefused(1));
  wire_.Mend();
  EXPECT_EQ(connected.get(), std::optional<size_t>(1));
}

TEST_F(ConnectionTest, WhatIsConnectedAlreadyIsNoNews) {
  const Channels channels = {ChannelTo(wire_.address())};
  ASSERT_TRUE(Connect(*channels[0], kLong));
  EXPECT_EQ(AwaitConnection(channels, absl::Milliseconds(1), Never), std::nullopt);
}

TEST_F(ConnectionTest, ChannelWithinTheProcessIsWaitedWithToo) {
  EXPECT_EQ(AwaitConnection({server_->InProcessChannel({})}, absl::Milliseconds(1), Never),
            std::nullopt);
}

// An idle connection is asked for signs of life for ever, and given up when none comes.
TEST_F(ConnectionTest, KeepaliveGoesOnWithoutCalls) {
  options_.keepalive_time = absl::Milliseconds(20);
  options_.keepalive_timeout = absl::Seconds(1);
  const auto channel = ChannelTo(wire_.address());
  ASSERT_TRUE(Connect(*channel, kLong));
  grpc::ClientContext context;
  v1::RequestPermitResponse response;
  ASSERT_TRUE(v1::VendorService::NewStub(channel)->RequestPermit(&context, {}, &response).ok());
  auto ended = std::async(std::launch::async, [&] {
    return channel->WaitForStateChange(
        GRPC_CHANNEL_READY,
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(60, GPR_TIMESPAN)));
  });
  EXPECT_TRUE(wire_.HasHeard(wire_.heard() + 4));  // left to itself, gRPC sends two pings
  wire_.Freeze();
  EXPECT_TRUE(ended.get());
}

}  // namespace
}  // namespace switchboard::transport

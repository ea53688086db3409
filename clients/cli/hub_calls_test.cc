// The command line's calls over several hubs, on the loopback with mutual TLS.

#include "clients/cli/hub_calls.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/identity/development_certificates.h"
#include "hub/identity/grpc_status.h"
#include "switchboard/v1/operator_service.grpc.pb.h"
#include "tests/servers/relay.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using identity::Peer;
using testing::FailsWith;

// Answers two methods, or fails as the test says.
class OneHub final : public v1::OperatorService::Service {
 public:
  explicit OneHub(const std::string& tls) {
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = testing::ReadFile(tls + "/ca.crt");
    options.pem_key_cert_pairs.push_back(
        {testing::ReadFile(tls + "/tls.key"), testing::ReadFile(tls + "/tls.crt")});
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  absl::Status answer;
  int lists = 0;
  int decisions = 0;

  grpc::Status ListVendors(grpc::ServerContext*, const v1::ListVendorsRequest*,
                           v1::ListVendorsResponse*) override {
    ++lists;
    return identity::ToGrpc(answer);
  }
  grpc::Status DecideRecall(grpc::ServerContext*, const v1::DecideRecallRequest*,
                            v1::DecideRecallResponse*) override {
    ++decisions;
    return identity::ToGrpc(answer);
  }

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

class HubCallsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    identity::DevelopmentOptions options;
    options.directory = folder_ / "tls";
    options.trust_domain = "issuer.example";
    options.peers = {{Peer{Peer::Role::kHub, "one"}, {}}, {Peer{Peer::Role::kOperator, "ito"}, {}}};
    ASSERT_OK_AND_ASSIGN(const auto folders,
                         identity::MakeDevelopmentCertificates(options, clock_));
    for (int i = 0; i < 2; ++i) hubs_.push_back(std::make_unique<OneHub>(folders[0]));
    connection_.hubs = {hubs_[0]->address(), hubs_[1]->address()};
    connection_.tls = folders[1];
    connection_.timeout = absl::Hours(1);
    connection_.connect_timeout = absl::Minutes(1);
  }
  // Each in a process of its own, as it were.
  absl::Status List() {
    return Calls()->Ask<v1::ListVendorsResponse>(v1::ListVendorsRequest()).status();
  }
  absl::Status Decide() {
    return Calls()->Ask<v1::DecideRecallResponse>(v1::DecideRecallRequest()).status();
  }
  std::unique_ptr<HubCalls> Calls() {
    auto calls = ConnectToHub(connection_, clock_, nullptr);
    EXPECT_OK(calls);
    return *std::move(calls);
  }

  testing::TemporaryFolder folder_;
  SystemClock clock_;  // OpenSSL looks at no other
  std::vector<std::unique_ptr<OneHub>> hubs_;
  Connection connection_;
};

TEST_F(HubCallsTest, FirstHubIsAskedFirst) {
  EXPECT_OK(List());
  EXPECT_OK(Decide());
  EXPECT_EQ(hubs_[0]->lists, 1);
  EXPECT_EQ(hubs_[0]->decisions, 1);
  EXPECT_EQ(connection_.HubsText(), hubs_[0]->address() + "," + hubs_[1]->address());
}

TEST_F(HubCallsTest, HubThatCannotBeReachedIsPassedOver) {
  servers::Relay frozen(folder_ / "wire", folder_ / "nobody");
  frozen.Freeze();
  connection_.hubs[0] = "unix:" + (folder_ / "nobody");
  EXPECT_OK(List());
  EXPECT_OK(Decide());
  connection_.hubs[0] = frozen.address();
  connection_.connect_timeout = absl::Milliseconds(500);
  EXPECT_OK(List());
  EXPECT_OK(Decide());
  EXPECT_EQ(hubs_[1]->lists, 2);
  EXPECT_EQ(hubs_[1]->decisions, 2);
}

TEST_F(HubCallsTest, NextHubIsAskedWhatOneCouldNotAnswer) {
  hubs_[0]->answer = OverloadedError("full", absl::Seconds(1));
  const auto calls = Calls();
  EXPECT_OK(calls->Ask<v1::ListVendorsResponse>(v1::ListVendorsRequest()));
  EXPECT_OK(calls->Ask<v1::ListVendorsResponse>(v1::ListVendorsRequest()));
  EXPECT_EQ(hubs_[0]->lists, 1) << "the second call stays with the hub that answered";
  EXPECT_EQ(hubs_[1]->lists, 2);
}

TEST_F(HubCallsTest, DecisionIsNotRepeated) {
  hubs_[0]->answer = absl::UnavailableError("cut");
  EXPECT_EQ(Decide().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(hubs_[1]->decisions, 0);
}

// Every method has its request to itself, or Ask could not tell it; what reads may always be asked
// again, and of what changes something only what is the same when it is done twice.
TEST(HubCallsRules, FollowTheProto) {
  std::set<const void*> requests;
  std::set<std::string> once;
  for (const char* name : {"switchboard.v1.OperatorService", "switchboard.v1.PrivacyService"}) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      const auto& method = *service->method(i);
      EXPECT_TRUE(requests.insert(method.input_type()).second) << method.name();
      EXPECT_EQ(method.output_type()->name(), method.name() + "Response");
      if (!MayBeRepeated(method)) once.insert(method.name());
    }
  }
  EXPECT_EQ(once, (std::set<std::string>{"CloseConnections", "DecideRecall", "FindPersons",
                                         "ReadPersonData", "ReplayQuarantine", "RetireCore",
                                         "StartBackup"}));
}

TEST_F(HubCallsTest, AnswerThatAnotherHubWouldGiveTooIsTaken) {
  hubs_[0]->answer = Error(absl::StatusCode::kPermissionDenied, "NOT_AN_OPERATOR", "");
  EXPECT_THAT(List(), FailsWith(absl::StatusCode::kPermissionDenied, "NOT_AN_OPERATOR"));
  EXPECT_EQ(hubs_[1]->lists, 0);
}

TEST_F(HubCallsTest, EachHubIsAskedOnceAndThenItIsOver) {
  for (const auto& hub : hubs_) {
    hub->answer = Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "");
  }
  EXPECT_THAT(List(), FailsWith(absl::StatusCode::kUnavailable, "SHUTTING_DOWN"));
  EXPECT_EQ(hubs_[0]->lists, 1);
  EXPECT_EQ(hubs_[1]->lists, 1);
  connection_.hubs = {"unix:" + (folder_ / "nobody"), "unix:" + (folder_ / "nobody-else")};
  EXPECT_EQ(List().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace switchboard::cli

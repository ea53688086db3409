// The server as a whole: health and reflection, peers that never read, descriptors that run out,
// certificates that do not fit. Its end: shutdown_test.cc.

#include <arpa/inet.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "switchboard/v1/vendor_service.pb.h"
#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;

constexpr char kSync[] = "/switchboard.v1.VendorService/Sync";
constexpr char kHealth[] = "/grpc.health.v1.Health/Check";
constexpr char kSent[] = "switchboard_feed_changes_sent_total{vendor_id=\"sakura\"}";

// A message whose only field, `number`, is a text.
std::string TextField(int number, const std::string& text) {
  google::protobuf::Empty message;
  message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(number, text);
  return message.SerializeAsString();
}

std::string OpenOf(int window) {
  v1::SyncRequest request;
  request.mutable_open()->set_window(window);
  return request.SerializeAsString();
}

TEST(ServerLife, HealthAnswersEveryPeerOverMutualTls) {
  EdgeHub hub;
  for (const char* peer : {kCore, kVendor, kOperator}) {
    for (const char* service :
         {"", "switchboard.v1.CoreService", "switchboard.v1.VendorService",
          "switchboard.v1.OperatorService", "switchboard.v1.PrivacyService"}) {
      EXPECT_EQ(*Ask(hub.Connect(peer), kHealth, TextField(1, service)), "\x08\x01") << service;
    }
  }
  EXPECT_EQ(Ask(hub.Connect(kOperator), kHealth, TextField(1, "nobody")).status().code(),
            absl::StatusCode::kNotFound);
}

// As the watch tells it while the database is away.
TEST(ServerLife, HealthSaysWhetherTheHubServes) {
  EdgeHub hub;
  const auto channel = hub.Connect(kOperator);
  for (const bool serving : {false, true}) {
    hub.server().SetServing(serving);
    for (const char* service : {"", "switchboard.v1.VendorService"}) {
      EXPECT_EQ(*Ask(channel, kHealth, TextField(1, service)), serving ? "\x08\x01" : "\x08\x02")
          << service;
    }
  }
}

constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

std::string Reflected(EdgeHub& hub, const char* peer, int field, const std::string& text) {
  RawCall call(hub.Connect(peer), kReflection);
  EXPECT_TRUE(call.Write(TextField(field, text)));
  return call.Read().value_or("no answer");
}

TEST(ServerLife, ReflectionTellsEachRoleItsOwnService) {
  constexpr int kFileByName = 3, kFileOfSymbol = 4, kExtensionsOf = 6, kListServices = 7;
  const std::vector<std::string> services = {"CoreService", "VendorService", "OperatorService",
                                             "PrivacyService"};
  EdgeHub hub;
  for (const auto& [peer, own] :
       std::vector<std::pair<const char*, std::string>>{{kCore, services[0]},
                                                        {kVendor, services[1]},
                                                        {kNoContract, services[1]},
                                                        {kOperator, services[2]}}) {
    const std::string listed = Reflected(hub, peer, kListServices, "*");
    for (const std::string& service : services) {
      const bool of_operators = service == services[2] || service == services[3];
      const bool shown = service == own || (own == services[2] && of_operators);
      const auto named = HasSubstr("switchboard.v1." + service);
      EXPECT_EQ(::testing::Matches(named)(listed), shown) << peer << service;
      // The proto itself, and what it imports: of an operator's that is everybody's.
      if (own == services[2]) continue;
      const std::string symbol = Reflected(hub, peer, kFileOfSymbol, "switchboard.v1." + service);
      EXPECT_EQ(::testing::Matches(HasSubstr("switchboard/v1/method.proto"))(symbol), shown)
          << peer << service;
      EXPECT_EQ(::testing::Matches(HasSubstr("nothing of that name"))(symbol), !shown);
    }
    EXPECT_THAT(listed, HasSubstr("grpc.reflection.v1alpha.ServerReflection"));
  }
  for (const auto& [peer, there] : {std::pair(kVendor, false), std::pair(kOperator, true)}) {
    const std::string file =
        Reflected(hub, peer, kFileByName, "switchboard/v1/operator_records.proto");
    EXPECT_EQ(::testing::Matches(HasSubstr("nothing of that name"))(file), !there);
  }
  EXPECT_THAT(Reflected(hub, kVendor, kExtensionsOf, "google.protobuf.MethodOptions"),
              ::testing::Not(HasSubstr("nothing of that name")));
  // No question at all, and one that nobody could mean.
  EXPECT_THAT(Reflected(hub, kVendor, 1, "host"), HasSubstr("message_request is missing"));
  EXPECT_THAT(Reflected(hub, kVendor, kFileOfSymbol, std::string(10'000, '.')),
              HasSubstr("nothing of that name"));
}

TEST(ServerLife, ReflectionEndsWithTheCertificate) {
  EdgeHub hub;
  RawCall call(hub.Connect(kVendor), kReflection);
  ASSERT_TRUE(call.Write(TextField(7, "*")));
  ASSERT_TRUE(call.Read().has_value());
  hub.clock().Shift(absl::Hours(24 * 4000));
  call.Write(TextField(7, "*"));
  EXPECT_FALSE(call.Read().has_value());
}

class SlowVendor : public ::testing::Test {
 protected:
  SlowVendor() { hub_.Import(1, 20'000); }

  // Everybody else is served while the slow one is not.
  void ExpectOthersServed(int64_t next) {
    hub_.Import(next, 1);
    EXPECT_OK(Ask(hub_.Connect(kOperator), "/switchboard.v1.OperatorService/ListVendors", ""));
  }

  EdgeHub hub_;
};

TEST_F(SlowVendor, NeverReadingGetsNoMoreThanItsWindow) {
  RawCall sync(hub_.Connect(kVendor), kSync);
  ASSERT_TRUE(sync.Write(OpenOf(1000)));
  ASSERT_TRUE(hub_.MetricReaches(kSent, 1000));
  ExpectOthersServed(20'001);
  ExpectOthersServed(20'002);
  EXPECT_EQ(hub_.Metric(kSent), 1000);
}

TEST_F(SlowVendor, NeverAcknowledgingGetsNoMoreThanItsWindow) {
  RawCall sync(hub_.Connect(kVendor), kSync);
  ASSERT_TRUE(sync.Write(OpenOf(700)));
  v1::Cursor through;
  for (int changes = 0; changes < 700;) {
    const auto response = sync.ReadAs<v1::SyncResponse>();
    ASSERT_TRUE(response.has_value());
    changes += response->batch().changes_size();
    through = response->batch().through();
  }
  ExpectOthersServed(20'001);
  EXPECT_EQ(hub_.Metric(kSent), 700);
  // One ack, and as much again follows.
  v1::SyncRequest ack;
  *ack.mutable_ack()->mutable_cursor() = through;
  ASSERT_TRUE(sync.Write(ack));
  EXPECT_TRUE(hub_.MetricReaches(kSent, 1400));
}

// Streams that nobody reads, each ending the one before: neither they nor what they wait to send
// may pile up at the hub.
TEST(ServerLife, StreamsOpenedAndLeftUnreadAreEnded) {
  EdgeHub hub(/*unread_end_max=*/absl::Milliseconds(10));
  hub.Import(1, 2000);
  const auto channel = hub.Connect(kVendor);
  std::vector<std::unique_ptr<RawCall>> left;
  for (int i = 1; i <= 50; ++i) {
    left.push_back(std::make_unique<RawCall>(channel, kSync));
    ASSERT_TRUE(left.back()->Write(OpenOf(1000)));
    ASSERT_TRUE(hub.MetricReaches(kSent, 1000.0 * i)) << i;
  }
  EXPECT_TRUE(Eventually([&] { return hub.hub().streams().Counts()["sakura"] == 1; }))
      << hub.hub().streams().Counts()["sakura"];
  // The newest is still whole.
  EXPECT_TRUE(left.back()->ReadAs<v1::SyncResponse>().has_value());
}

// TCP connections that never say a word: all that one without a certificate can do.
class SilentConnections {
 public:
  SilentConnections(int port, int count) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(static_cast<uint16_t>(port));
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < count; ++i) {
      descriptors_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    }
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit low = before_;
    const int next = dup(0);
    close(next);
    low.rlim_cur = static_cast<rlim_t>(next + 10);
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
    for (int descriptor : descriptors_) {
      EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
    }
  }
  ~SilentConnections() {
    for (int descriptor : descriptors_) close(descriptor);
    setrlimit(RLIMIT_NOFILE, &before_);
  }

 private:
  std::vector<int> descriptors_;
  rlimit before_{};
};

// CVE-2023-4785: gRPC's own listener never accepts again after this.
TEST(ServerLife, AcceptsAgainAfterDescriptorsRanOut) {
  EdgeHub hub;
  {
    SilentConnections silent(hub.server().port(), 100);
    ASSERT_TRUE(
        hub.MetricReaches("switchboard_connections_refused_total{reason=\"system_exhausted\"}", 1));
  }
  hub.Import(1, 5);
}

TEST(ServerLife, CertificatesThatDoNotFitAreNotUsed) {
  EdgeHub hub;
  const std::string before = hub.tls().live()->material.certificate_pem;
  // A new key beside the old certificate, as it lies there between two copies.
  hub.issuer().Write(hub.Folder("next"), hub.issuer().Server());
  testing::WriteFile(hub.Folder("hub") + "/tls.key",
                     testing::ReadFile(hub.Folder("next") + "/tls.key"));
  EXPECT_THAT(hub.tls().Refresh(),
              FailsWith(absl::StatusCode::kFailedPrecondition, "TLS_MATERIAL_INVALID"));
  EXPECT_EQ(hub.tls().live()->material.certificate_pem, before);
  EXPECT_OK(Ask(hub.Connect(kOperator), "/switchboard.v1.OperatorService/ListVendors", ""));
  // The second copy makes it whole.
  testing::WriteFile(hub.Folder("hub") + "/tls.crt",
                     testing::ReadFile(hub.Folder("next") + "/tls.crt"));
  EXPECT_OK(hub.tls().Refresh());
  EXPECT_NE(hub.tls().live()->material.certificate_pem, before);
  EXPECT_OK(Ask(hub.Connect(kOperator), "/switchboard.v1.OperatorService/ListVendors", ""));
}

}  // namespace
}  // namespace switchboard::edge_test

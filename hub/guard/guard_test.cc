#include "hub/guard/guard.h"

#include <sys/un.h>

#include <random>
#include <thread>

#include "hub/guard/plain_server.h"

namespace switchboard::guard {
namespace {

using switchboard::testing::Call;
using switchboard::testing::CallBlock;
using switchboard::testing::Eventually;
using switchboard::testing::Frame;
using switchboard::testing::Hello;
using switchboard::testing::Ping;
using switchboard::testing::RawPeer;
using switchboard::testing::ReadFile;
using switchboard::testing::Settings;
using switchboard::testing::SettingsAck;
using switchboard::testing::SilentConnections;
using switchboard::testing::TemporaryFolder;
using switchboard::testing::WriteFile;

bool SendAll(const Socket& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

// Reads so many bytes, fewer when the other side ends.
std::string ReadBytes(const Socket& socket, size_t size) {
  std::string bytes(size, '\0');
  size_t got = 0;
  while (got < size) {
    const ssize_t part = recv(socket.get(), bytes.data() + got, size - got, 0);
    if (part <= 0) break;
    got += static_cast<size_t>(part);
  }
  bytes.resize(got);
  return bytes;
}

bool IsEnded(const Socket& socket) {
  char bytes[4096];
  ssize_t got = 0;
  do got = recv(socket.get(), bytes, sizeof bytes, 0);
  while (got > 0);
  return got == 0 || errno == ECONNRESET;
}

// A peer and gRPC's end of its connection, past the greetings and the first call.
struct Line {
  std::shared_ptr<RawPeer> peer;
  std::unique_ptr<Socket> grpc;
};

Line Greet(PlainServer& server, const std::string& who = "vendor/sakura") {
  Line line{server.Connect(who), server.Take()};
  EXPECT_TRUE(SendAll(*line.grpc, Settings()));
  // The acknowledgement is the guard's own; the peer's is taken out in exchange.
  const std::string hello = Hello() + SettingsAck() + Call(1, "/a/First");
  EXPECT_TRUE(line.peer->Send(hello));
  EXPECT_EQ(ReadBytes(*line.grpc, hello.size()), hello);
  EXPECT_TRUE(line.peer->ReadUntil(FrameType::kSettings).has_value());
  return line;
}

TEST(GuardTest, BytesPassAsTheyAre) {
  PlainServer server;
  const Line line = Greet(server);
  std::string request = Frame(FrameType::kHeaders, kFlagEndHeaders, 3, CallBlock("/a/B"));
  std::mt19937 random(3);
  while (request.size() < (4 << 20))
    request += Frame(FrameType::kData, 0, 3, std::string(random() % 30'000, 'a' + random() % 26));
  std::thread sending([&] { EXPECT_TRUE(line.peer->Send(request)); });
  EXPECT_TRUE(ReadBytes(*line.grpc, request.size()) == request);
  sending.join();

  std::string answer;
  while (answer.size() < (4 << 20))
    answer += Frame(FrameType::kData, 0, 1, std::string(random() % 16'000, 'z'));
  std::thread answering([&] { EXPECT_TRUE(SendAll(*line.grpc, answer)); });
  std::string received;
  while (received.size() < answer.size()) {
    const auto frame = line.peer->Read();
    ASSERT_TRUE(frame.has_value());
    received +=
        Frame(frame->header.type, frame->header.flags, frame->header.stream, frame->payload);
  }
  answering.join();
  EXPECT_TRUE(received == answer);
}

TEST(GuardTest, TheNameOfTheSocketSaysWhoCalls) {
  PlainServer server;
  const Line line = Greet(server);
  sockaddr_un name{};
  socklen_t size = sizeof name;
  ASSERT_EQ(getpeername(line.grpc->get(), reinterpret_cast<sockaddr*>(&name), &size), 0);
  const std::string path(name.sun_path + 1, size - offsetof(sockaddr_un, sun_path) - 1);
  const auto connection = server.book().Find(kGrpcNamePrefix + path);
  ASSERT_NE(connection, nullptr);
  ASSERT_OK(connection->peer());
  EXPECT_EQ(connection->peer()->Actor(), "vendor/sakura");
  EXPECT_EQ(connection->address(), "127.0.0.1");
}

TEST(GuardTest, EachSideHearsOfTheOthersEnd) {
  PlainServer server;
  Line first = Greet(server);
  first.peer.reset();
  EXPECT_TRUE(IsEnded(*first.grpc));
  Line second = Greet(server);
  second.grpc.reset();
  EXPECT_FALSE(second.peer->Read().has_value());
  EXPECT_TRUE(Eventually([&] { return server.book().count() == 0; }));
}

// gRPC greets first; a peer that does not wait for it loses nothing.
TEST(GuardTest, NothingPassesBeforeTheServersSettings) {
  PlainServer server;
  const auto peer = server.Connect();
  const std::string early = Hello() + Call(1, "/a/B");
  ASSERT_TRUE(peer->Send(early));
  const auto grpc = server.Take();
  char byte;
  EXPECT_EQ(recv(grpc->get(), &byte, 1, MSG_DONTWAIT), -1);
  ASSERT_TRUE(SendAll(*grpc, Settings()));
  const std::string expected = Hello() + SettingsAck() + Call(1, "/a/B");
  EXPECT_EQ(ReadBytes(*grpc, expected.size()), expected);
}

TEST(GuardTest, WhoeverOffendsIsToldWhyAndGrpcHearsOnlyTheEnd) {
  PlainServer server;
  const Line line = Greet(server);
  ASSERT_TRUE(line.peer->Send(Frame(FrameType::kPushPromise, 0, 1)));
  EXPECT_EQ(line.peer->Goodbye(), "PUSH_PROMISE from a client");
  EXPECT_TRUE(server.SawOffence(Offence::kPushPromise));
  EXPECT_TRUE(IsEnded(*line.grpc));
}

// Who offends and pours on is drained, and is ended once.
TEST(GuardTest, WhoeverPoursOnAfterAnOffenceIsOnlyDrained) {
  PlainServer server;
  const Line line = Greet(server);
  std::string flood;
  while (flood.size() < size_t{4} << 20)
    flood += Frame(FrameType::kPushPromise, 0, 1, std::string(16'000, 'x'));
  line.peer->Send(flood);
  EXPECT_TRUE(server.SawOffence(Offence::kPushPromise));
  EXPECT_TRUE(IsEnded(*line.grpc));
  Greet(server);
}

TEST(GuardTest, WhoeverDoesNotAcknowledgeIsLate) {
  PlainServer server;
  const auto peer = server.Connect();
  const auto grpc = server.Take();
  ASSERT_TRUE(SendAll(*grpc, Settings()));
  ASSERT_TRUE(peer->Send(Hello() + Call(1, "/a/B")));
  ASSERT_FALSE(ReadBytes(*grpc, Hello().size()).empty());
  server.steady_clock().Advance(absl::Seconds(6));
  EXPECT_EQ(peer->Goodbye(), "SETTINGS were not acknowledged in time");
}

TEST(GuardTest, AReaderThatStopsIsEnded) {
  PlainServer server;
  const Line line = Greet(server);
  std::thread flood([&] {
    const std::string frame = Frame(FrameType::kData, 0, 1, std::string(16 << 10, 'x'));
    while (SendAll(*line.grpc, frame)) {
    }
  });
  EXPECT_TRUE(Eventually([&] {
    server.steady_clock().Advance(absl::Seconds(1));
    return server.book().count() == 0;
  }));
  EXPECT_TRUE(server.SawOffence(Offence::kTakesNoBytes));
  flood.join();
}

TEST(GuardTest, AConnectionEndsWithItsCertificate) {
  PlainServer server;
  const Line line = Greet(server);
  server.clock().Advance(absl::Hours(11));
  EXPECT_TRUE(Eventually([&] {
    server.steady_clock().Advance(absl::Seconds(1));
    return server.book().count() == 0;
  }));
  EXPECT_TRUE(server.SawOffence(Offence::kCertificateExpired));
}

TEST(GuardTest, AConnectionEndsWhenItsCertificateIsRevokedAndOthersGoOn) {
  PlainServer server;
  server.Write("vendor/jade");
  const Line lost = Greet(server);
  const Line kept = Greet(server, "vendor/jade");
  ASSERT_OK_AND_ASSIGN(const std::string list,
                       server.issuer().authority().Revoke(
                           {ReadFile(server.Folder("vendor/sakura") + "/tls.crt")},
                           server.clock().Now(), server.clock().Now() + absl::Hours(1)));
  WriteFile(server.Folder("hub") + "/crl.pem", list);
  ASSERT_OK(server.tls().Refresh());
  EXPECT_TRUE(Eventually([&] {
    server.steady_clock().Advance(absl::Seconds(1));
    return server.book().count() == 1;
  }));
  EXPECT_TRUE(server.SawOffence(Offence::kCertificateRevoked));
  ASSERT_TRUE(kept.peer->Send(Ping()));
  EXPECT_EQ(ReadBytes(*kept.grpc, Ping().size()), Ping());
  const auto again = RawPeer::Connect(server.address(), server.Folder("vendor/sakura"));
  EXPECT_TRUE(!again.ok() || !(*again)->Read().has_value());
}

TEST(GuardTest, AnOperatorCanEndAConnection) {
  PlainServer server;
  const Line line = Greet(server);
  server.book().List().front()->AskToClose();
  EXPECT_TRUE(Eventually([&] {
    server.steady_clock().Advance(absl::Seconds(1));
    return server.book().count() == 0;
  }));
  EXPECT_EQ(line.peer->Goodbye(), "an operator closed the connection");
}

TEST(GuardTest, OneTooManyIsToldSo) {
  ConnectionShares shares;
  shares.per_peer_max = 1;
  PlainServer server({}, shares);
  const Line line = Greet(server);
  const auto second = server.Connect();
  EXPECT_EQ(second->Goodbye(), "too many connections of this peer");
  EXPECT_EQ(server.refused(RefusalReason::kPeerMax), 1);
  ASSERT_TRUE(line.peer->Send(Ping()));
  EXPECT_EQ(ReadBytes(*line.grpc, Ping().size()), Ping());
}

TEST(GuardTest, WhoWasShownOutTooOftenIsToldToWait) {
  ConnectionShares shares;
  shares.offences_of_vendor = {1.0 / 60, 1};
  PlainServer server({}, shares);
  {
    const Line offender = Greet(server);
    ASSERT_TRUE(offender.peer->Send(Frame(FrameType::kPushPromise, 0, 1)));
    EXPECT_EQ(offender.peer->Goodbye(), OffenceText(Offence::kPushPromise));
  }
  ASSERT_TRUE(server.SawOffence(Offence::kPushPromise));
  EXPECT_EQ(server.Connect()->Goodbye(), OffenceText(Offence::kTooManyOffences));
  EXPECT_EQ(server.refused(RefusalReason::kOffencesMax), 1);
  server.steady_clock().Advance(absl::Minutes(1));
  const Line line = Greet(server);
  ASSERT_TRUE(line.peer->Send(Ping()));
  EXPECT_EQ(ReadBytes(*line.grpc, Ping().size()), Ping());
}

// A ticket would outlive the certificate that it was given for.
TEST(GuardTest, NoSessionCanBeResumed) {
  PlainServer server;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    RawPeer::Options options;
    options.folder = server.Folder("vendor/sakura");
    options.tls_max = version;
    ASSERT_OK_AND_ASSIGN(const auto peer, RawPeer::Connect(server.address(), options));
    const auto grpc = server.Take();
    ASSERT_TRUE(SendAll(*grpc, Settings()));
    ASSERT_TRUE(peer->Read().has_value());
    EXPECT_EQ(SSL_version(peer->tls()), version);
    EXPECT_EQ(SSL_SESSION_is_resumable(SSL_get0_session(peer->tls())), 0);
    EXPECT_EQ(SSL_SESSION_has_ticket(SSL_get0_session(peer->tls())), 0);
  }
}

TEST(GuardTest, FreshKeysForEverAreTooMany) {
  PlainServer server;
  const Line line = Greet(server);
  for (int i = 0; i < 40; ++i) {
    SSL_key_update(line.peer->tls(), SSL_KEY_UPDATE_NOT_REQUESTED);
    if (!line.peer->Send(Ping())) break;
  }
  EXPECT_TRUE(server.SawOffence(Offence::kTooManyKeyUpdates));
}

TEST(GuardTest, AListedProxyTellsTheTrueAddress) {
  GuardOptions options;
  options.door.proxies = {*AddressRange::Parse("127.0.0.0/30")};
  PlainServer server(std::move(options));
  RawPeer::Options proxied;
  proxied.folder = server.Folder("vendor/sakura");
  proxied.before_tls =
      std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\7\x7f\0\0\1\1\1\2\2", 28);
  ASSERT_OK_AND_ASSIGN(const auto peer, RawPeer::Connect(server.address(), proxied));
  const auto grpc = server.Take();
  EXPECT_EQ(server.book().List().front()->address(), "192.0.2.7");
  // From there nobody comes without; from elsewhere nobody says so.
  EXPECT_FALSE(RawPeer::Connect(server.address(), proxied.folder).ok());
  EXPECT_EQ(server.refused(RefusalReason::kProxyHeader), 1);
  proxied.from_address = "127.0.0.9";
  EXPECT_FALSE(RawPeer::Connect(server.address(), proxied).ok());
  EXPECT_EQ(server.refused(RefusalReason::kHandshakeFailed), 1);
  proxied.before_tls.clear();
  ASSERT_OK_AND_ASSIGN(const auto direct, RawPeer::Connect(server.address(), proxied));
  const auto other = server.Take();
  EXPECT_EQ(server.book().List().back()->address(), "127.0.0.9");
}

TEST(GuardTest, HandshakesEndInTime) {
  PlainServer server;
  SilentConnections silent(server.address(), 20);
  ASSERT_TRUE(Eventually([&] { return server.guard().half_open() == 20; }));
  server.steady_clock().Advance(absl::Seconds(6));
  for (size_t i = 0; i < 20; ++i) EXPECT_TRUE(silent.ClosedByPeer(i));
  EXPECT_EQ(server.refused(RefusalReason::kHandshakeTime), 20);
}

TEST(GuardTest, JunkIsRefusedAndOthersAreServed) {
  PlainServer server;
  std::mt19937 random(11);
  for (int round = 0; round < 60; ++round) {
    SilentConnections junk(server.address(), 1);
    std::string bytes = round % 2 == 0 ? std::string("\x16\x03\x01", 3) : std::string();
    for (int i = 0; i < 300; ++i) bytes += static_cast<char>(random());
    junk.Say(0, bytes);
    if (round % 3 == 0) continue;  // and is gone
    EXPECT_TRUE(Eventually([&] {
      server.steady_clock().Advance(absl::Seconds(6));
      return junk.ClosedByPeer(0, absl::Milliseconds(5));
    }));
  }
  EXPECT_GE(server.handshakes_refused(), 40);
  const Line line = Greet(server);
  EXPECT_EQ(server.book().count(), 1);
}

// A certificate is refused within the handshake, and nothing of gRPC is ever reached.
TEST(GuardTest, WhoeverIsNotTrustedIsRefused) {
  PlainServer server;
  identity::Issuer other(server.clock());
  TemporaryFolder folder;
  other.Write(folder / "stranger", other.Client("spiffe://issuer.example/core/main"));
  const auto stranger = RawPeer::Connect(server.address(), folder / "stranger");
  EXPECT_TRUE(!stranger.ok() || !(*stranger)->Read().has_value());
  EXPECT_TRUE(Eventually([&] { return server.refused(RefusalReason::kHandshakeFailed) == 1; }));
  EXPECT_EQ(server.book().count(), 0);
}

TEST(GuardTest, EndsUnderTraffic) {
  auto server = std::make_unique<PlainServer>();
  std::vector<Line> lines;
  for (int i = 0; i < 8; ++i) lines.push_back(Greet(*server));
  std::vector<std::thread> threads;
  for (const Line& line : lines) {
    threads.emplace_back([&line] {
      const std::string frame = Frame(FrameType::kData, 0, 3, std::string(9'000, 'x'));
      EXPECT_TRUE(line.peer->Send(Frame(FrameType::kHeaders, kFlagEndHeaders, 3, CallBlock("/a"))));
      while (line.peer->Send(frame)) {
      }
    });
    threads.emplace_back([&line] { EXPECT_TRUE(IsEnded(*line.grpc)); });
  }
  server->guard().StopAccepting();
  server.reset();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace switchboard::guard

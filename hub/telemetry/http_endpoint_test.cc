#include "hub/telemetry/http_endpoint.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace switchboard::telemetry {
namespace {

using ::switchboard::testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

int NewSocket() {
  const int result = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience = {30, 0};  // so that a broken server fails the test instead of hanging it
  EXPECT_EQ(setsockopt(result, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
  return result;
}

bool Connect(int socket, int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

// A TCP client on loopback.
class Client {
 public:
  explicit Client(int port) : socket_(NewSocket()) { EXPECT_TRUE(Connect(socket_, port)); }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Send(const std::string& bytes) {
    EXPECT_EQ(send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

  // Everything until the server closes.
  std::string ReadAll() {
    std::string result;
    char buffer[4096];
    for (ssize_t got; (got = recv(socket_, buffer, sizeof(buffer), 0)) > 0;) {
      result.append(buffer, static_cast<size_t>(got));
    }
    return result;
  }

  // Until `end` was seen.
  std::string ReadUntil(const std::string& end) {
    std::string result;
    char byte;
    while (result.find(end) == std::string::npos && recv(socket_, &byte, 1, 0) == 1) result += byte;
    return result;
  }

 private:
  const int socket_;
};

class HttpEndpointTest : public ::testing::Test {
 protected:
  void Start(HttpEndpoint::Limits limits = {}) {
    auto endpoint = HttpEndpoint::Start("127.0.0.1:0",
                                        {.metrics = [] { return std::string("up 1\n"); },
                                         .healthy = [] { return true; },
                                         .ready = [this] { return ready_.load(); },
                                         .refused = [this] { OnRefused(); }},
                                        limits);
    ASSERT_OK(endpoint);
    endpoint_ = *std::move(endpoint);
  }

  std::string Ask(const std::string& request) {
    Client client(endpoint_->port());
    client.Send(request);
    return client.ReadAll();
  }

  void OnRefused() {
    refused_ += 1;
    refused_.notify_all();
  }

  std::atomic<bool> ready_ = false;
  std::atomic<int> refused_ = 0;
  std::unique_ptr<HttpEndpoint> endpoint_;
};

TEST_F(HttpEndpointTest, AnswersWhatItShouldAndNothingElse) {
  Start();
  struct Case {
    const char* request_line;
    const char* status;
    const char* body;
  };
  const Case cases[] = {
      {"GET /metrics HTTP/1.1", "200 OK", "\r\n\r\nup 1\n"},
      {"GET /metrics?name=x HTTP/1.1", "200 OK", "\r\n\r\nup 1\n"},
      {"GET /healthz HTTP/1.1", "200 OK", "\r\n\r\nok\n"},
      {"GET /readyz HTTP/1.1", "503 Service Unavailable", "\r\n\r\nnot ready\n"},
      {"GET / HTTP/1.1", "404 Not Found", "not found"},
      {"GET /metrics/../etc/passwd HTTP/1.1", "404 Not Found", "not found"},
      {"POST /metrics HTTP/1.1", "405 Method Not Allowed", "Allow: GET, HEAD"},
      {"POST /nothing HTTP/1.1", "404 Not Found", "not found"},
      {"GET  HTTP/1.1", "400 Bad Request", ""},
      {"\x16\x03\x01\x02", "400 Bad Request", ""},
      {"GET /metrics HTTP/9.9", "400 Bad Request", ""},
  };
  for (const Case& c : cases) {
    const std::string answer =
        Ask(std::string(c.request_line) + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, StartsWith(std::string("HTTP/1.1 ") + c.status)) << c.request_line;
    EXPECT_THAT(answer, HasSubstr(c.body)) << c.request_line;
  }
  ready_ = true;
  EXPECT_THAT(Ask("GET /readyz HTTP/1.0\r\n\r\n"), HasSubstr("200 OK"));
}

TEST_F(HttpEndpointTest, HeadHasLengthButNoBody) {
  Start();
  const std::string answer =
      Ask("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\n"));
}

TEST_F(HttpEndpointTest, OneConnectionServesManyRequests) {
  Start();
  Client client(endpoint_->port());
  for (int i = 0; i < 3; ++i) {
    client.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(client.ReadUntil("ok\n"), HasSubstr("200 OK"));
  }
}

TEST_F(HttpEndpointTest, OversizeHeaderAndBodiesAreRefused) {
  Start();
  EXPECT_THAT(Ask("GET /metrics HTTP/1.1\r\nX: " + std::string(9000, 'x')),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(Ask("GET /metrics HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"),
              StartsWith("HTTP/1.1 4"));
  EXPECT_THAT(Ask("POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello"),
              StartsWith("HTTP/1.1 4"));
}

TEST_F(HttpEndpointTest, ASlowClientIsCutOff) {
  Start({.request_timeout = absl::Milliseconds(50)});
  Client client(endpoint_->port());
  client.Send("GET /metr");
  EXPECT_EQ(client.ReadAll(), "");
}

TEST_F(HttpEndpointTest, ConnectionsAreCapped) {
  Start({.connections_max = 1, .request_timeout = absl::Seconds(60)});
  Client first(endpoint_->port());
  first.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(first.ReadUntil("ok\n"), HasSubstr("200 OK"));
  Client second(endpoint_->port());
  second.Send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_THAT(second.ReadUntil("ok\n"), HasSubstr("200 OK"));
  EXPECT_EQ(first.ReadAll(), "");
  EXPECT_EQ(refused_, 1);
}

// A probe that got no answer behind clients who dawdle would have a healthy hub killed.
TEST_F(HttpEndpointTest, SlowClientsKeepNoProbeOut) {
  Start({.connections_max = 16, .request_timeout = absl::Seconds(60)});
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<Client>(endpoint_->port()));
    slow.back()->Send(i % 2 == 0 ? "GET /metr" : "GET /metrics HTTP/1.1\r\nHost: localhost\r\n");
    EXPECT_THAT(Ask("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"), HasSubstr("200 OK"));
  }
  EXPECT_GE(refused_, 80);
}

// A page in a browser on this machine can have its own name point to 127.0.0.1.
TEST_F(HttpEndpointTest, OnLoopbackTheHostIsAnAddress) {
  Start();
  for (const char* host : {"localhost", "localhost:9464", "127.0.0.1:80", "[::1]:80", "[::1]"}) {
    EXPECT_THAT(
        Ask(absl::StrCat("GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: ", host, "\r\n\r\n")),
        HasSubstr("200 OK"))
        << host;
  }
  for (const char* host : {"evil.example", "evil.example:9464", "127.0.0.1.evil.example", "::x"}) {
    EXPECT_THAT(
        Ask(absl::StrCat("GET /metrics HTTP/1.1\r\nConnection: close\r\nHost: ", host, "\r\n\r\n")),
        StartsWith("HTTP/1.1 421 "))
        << host;
  }
}

TEST_F(HttpEndpointTest, EveryAddressIsToldFromOne) {
  for (const char* every : {"0.0.0.0:9464", "[::]:9464"})
    EXPECT_TRUE(HttpEndpoint::IsEveryAddress(every)) << every;
  for (const char* one : {"127.0.0.1:1", "10.0.0.0:1", "[::1]:1", "localhost:1", "nonsense"})
    EXPECT_FALSE(HttpEndpoint::IsEveryAddress(one)) << one;
}

TEST_F(HttpEndpointTest, SurvivesRunningOutOfFileDescriptors) {
  Start();
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  Client client(endpoint_->port());
  EXPECT_THAT(
      (client.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"), client.ReadUntil("ok\n")),
      HasSubstr("200 OK"));

  const int waiting = NewSocket();
  const rlimit none = {0, before.rlim_max};  // no descriptor above those that are open
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const bool connected = Connect(waiting, endpoint_->port());
  if (connected) refused_.wait(0);  // the endpoint has met the error at least once
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_TRUE(connected);

  const std::string request = "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(send(waiting, request.data(), request.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(request.size()));
  char answer[12];
  EXPECT_EQ(recv(waiting, answer, sizeof(answer), MSG_WAITALL), 12);
  EXPECT_EQ(std::string(answer, 12), "HTTP/1.1 200");
  close(waiting);
}

TEST_F(HttpEndpointTest, StopClosesConnectionsAndMayBeRepeated) {
  Start();
  const int port = endpoint_->port();
  Client client(port);
  client.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("ok\n"), HasSubstr("200 OK"));
  endpoint_->Stop();
  EXPECT_EQ(client.ReadAll(), "");
  endpoint_->Stop();
  EXPECT_EQ(endpoint_->port(), port);
}

TEST_F(HttpEndpointTest, RefusesAddressesItCannotUse) {
  for (const char* address :
       {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
        "example.com:80", "::1:80", "[127.0.0.1]:80", ":80"}) {
    EXPECT_THAT(HttpEndpoint::Start(address, {}, {}),
                FailsWith(absl::StatusCode::kInvalidArgument, "LISTEN_INVALID"))
        << address;
  }
  Start();
  const std::string taken = "localhost:" + std::to_string(endpoint_->port());
  EXPECT_THAT(HttpEndpoint::Start(taken, {}, {}),
              FailsWith(absl::StatusCode::kUnavailable, "LISTEN_FAILED"));
  EXPECT_THAT(HttpEndpoint::TryAddress(taken),
              FailsWith(absl::StatusCode::kUnavailable, "LISTEN_FAILED"));
  endpoint_->Stop();
  EXPECT_OK(HttpEndpoint::TryAddress(taken));
  EXPECT_OK(HttpEndpoint::Start(taken, {}, {}).status()) << "let go again";
}

}  // namespace
}  // namespace switchboard::telemetry

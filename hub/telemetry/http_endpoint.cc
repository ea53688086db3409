#include "hub/telemetry/http_endpoint.h"

#include <chrono>
#include <iterator>
#include <list>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/beast/core/flat_buffer.hpp"
#include "boost/beast/core/tcp_stream.hpp"
#include "boost/beast/http.hpp"
#include "hub/base/error.h"

namespace switchboard::telemetry {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Response = http::response<http::string_body>;

constexpr auto kAcceptRetryDelay = std::chrono::milliseconds(50);

// "localhost:9464", "127.0.0.1", "[::1]:9464".
bool NamesAnAddress(std::string_view host) {
  const size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos)
    host = host.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  ErrorCode error;
  asio::ip::make_address(std::string(host), error);
  return !error || host == "localhost";
}

Response Answer(const HttpEndpoint::Handlers& handlers,
                const http::request<http::empty_body>& request, bool loopback) {
  Response response(http::status::ok, request.version());
  const auto host = request[http::field::host];
  if (loopback && !host.empty() && !NamesAnAddress({host.data(), host.size()})) {
    response.result(http::status::misdirected_request);
    return response;
  }
  response.set(http::field::cache_control, "no-store");
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  const std::string_view target(request.target().data(), request.target().size());
  const std::string_view path = target.substr(0, target.find('?'));
  const bool known = path == "/metrics" || path == "/healthz" || path == "/readyz";
  if (!known) {
    response.result(http::status::not_found);
    response.body() = "not found: /metrics, /healthz and /readyz are\n";
  } else if (request.method() != http::verb::get && request.method() != http::verb::head) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET, HEAD");
    response.body() = "method not allowed\n";
  } else if (path == "/metrics") {
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response.body() = handlers.metrics();
  } else {
    const bool health = path == "/healthz";
    const bool good = health ? handlers.healthy() : handlers.ready();
    if (!good) response.result(http::status::service_unavailable);
    response.body() = good ? "ok" : health ? "unhealthy" : "not ready";
    const std::string concern = !health && good && handlers.concern ? handlers.concern() : "";
    if (!concern.empty()) response.body() += ", but " + concern;
    response.body() += "\n";
  }
  return response;
}

absl::StatusOr<Tcp::endpoint> ParseAddress(std::string_view address) {
  const auto invalid = [] {
    return Error(
        absl::StatusCode::kInvalidArgument, "LISTEN_INVALID",
        "must be HOST:PORT with a numeric host or localhost, as in 127.0.0.1:9464 or [::1]:0");
  };
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return invalid();
  std::string host(address.substr(0, colon));
  const std::string port_text(address.substr(colon + 1));
  uint32_t port = 0;
  if (port_text.find_first_not_of("0123456789") != std::string::npos ||
      !absl::SimpleAtoi(port_text, &port) || port > 65535) {
    return invalid();
  }
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  ErrorCode error;
  const asio::ip::address ip = asio::ip::make_address(host, error);
  if (error || ip.is_v6() != bracketed) return invalid();
  return Tcp::endpoint(ip, static_cast<uint16_t>(port));
}

absl::Status ListenOn(const Tcp::endpoint& endpoint, Tcp::acceptor& acceptor) {
  ErrorCode error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(Tcp::socket::max_listen_connections, error);
  if (!error) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "LISTEN_FAILED",
               absl::StrCat("cannot listen on ", endpoint.address().is_v6() ? "[" : "",
                            endpoint.address().to_string(), endpoint.address().is_v6() ? "]:" : ":",
                            endpoint.port(), ": ", error.message()));
}

class Connection;
// Those that are open, the one that has waited longest for its request or its answer first.
using OpenConnections = std::list<Connection*>;

// One client. Owned by the handlers of its pending operation; goes away with the last one.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Tcp::socket socket, const HttpEndpoint::Handlers& handlers,
             const HttpEndpoint::Limits& limits, std::shared_ptr<OpenConnections> open)
      : loopback_(IsLoopback(socket)),
        stream_(std::move(socket)),
        handlers_(handlers),
        limits_(limits),
        open_(std::move(open)),
        place_(open_->insert(open_->end(), this)) {}
  ~Connection() { Leave(); }

  // Ends now. Its descriptor is closed when this returns, and it is open no more.
  void Close() {
    Leave();
    stream_.close();
  }

  void Read() {
    open_->splice(open_->end(), *open_, place_);
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(limits_.header_bytes_max));
    // Set once per request, so that a client that sends a byte now and then gains no time.
    stream_.expires_after(absl::ToChronoNanoseconds(limits_.request_timeout));
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](const ErrorCode& error, size_t) { self->OnRead(error); });
  }

 private:
  static bool IsLoopback(const Tcp::socket& socket) {
    ErrorCode error;
    const auto own = socket.local_endpoint(error);
    return !error && own.address().is_loopback();
  }
  void Leave() {
    if (place_ != open_->end()) open_->erase(std::exchange(place_, open_->end()));
  }

  void OnRead(const ErrorCode& error) {
    if (place_ == open_->end()) return;  // closed
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      Write(Response(http::status::request_header_fields_too_large, 11), /*keep_alive=*/false);
    } else if (error == http::error::unexpected_body) {
      Write(Response(http::status::payload_too_large, 11), /*keep_alive=*/false);
    } else if (error.category() == http::make_error_code(http::error::bad_method).category() &&
               error != http::error::end_of_stream && error != http::error::partial_message) {
      Write(Response(http::status::bad_request, 11), /*keep_alive=*/false);
    } else if (!error) {
      Write(Answer(handlers_, parser_->get(), loopback_), parser_->get().keep_alive());
    }
    // Otherwise the client went away or was too slow: the connection ends here.
  }

  void Write(Response response, bool keep_alive) {
    response_ = std::move(response);
    response_.keep_alive(keep_alive);
    response_.prepare_payload();
    if (parser_->is_header_done() && parser_->get().method() == http::verb::head) {
      response_.body().clear();  // the length stays that of the body left out
    }
    http::async_write(stream_, response_,
                      [self = shared_from_this(), keep_alive](const ErrorCode& error, size_t) {
                        if (self->place_ == self->open_->end()) return;  // closed
                        if (!error && keep_alive) return self->Read();
                        ErrorCode ignored;
                        self->stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
                      });
  }

  const bool loopback_;
  beast::tcp_stream stream_;
  const HttpEndpoint::Handlers& handlers_;
  const HttpEndpoint::Limits& limits_;
  const std::shared_ptr<OpenConnections> open_;
  OpenConnections::iterator place_;  // the end of the list once it is closed
  beast::flat_buffer buffer_{64 * 1024};
  std::optional<http::request_parser<http::empty_body>> parser_;
  Response response_;
};

}  // namespace

// Everything but the constructor, Listen and Stop runs on thread_.
class HttpEndpoint::Server {
 public:
  Server(Handlers handlers, Limits limits)
      : handlers_(std::move(handlers)), limits_(limits), io_(std::make_unique<Io>()) {}

  absl::Status Listen(const Tcp::endpoint& endpoint) {
    RETURN_IF_ERROR(ListenOn(endpoint, io_->acceptor));
    ErrorCode ignored;  // it is bound
    port_ = io_->acceptor.local_endpoint(ignored).port();
    Accept();
    thread_ = std::thread([this] { io_->context.run(); });
    return absl::OkStatus();
  }

  void Stop() {
    if (io_ == nullptr) return;
    io_->context.stop();
    if (thread_.joinable()) thread_.join();
    io_.reset();
  }

  int port() const { return port_; }

 private:
  void Accept() {
    io_->acceptor.async_accept(
        [this](const ErrorCode& error, Tcp::socket socket) { OnAccept(error, std::move(socket)); });
  }

  void OnAccept(const ErrorCode& error, Tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    const bool full = std::ssize(*open_) >= limits_.connections_max;
    if ((error || full) && handlers_.refused) handlers_.refused();
    if (!error) {
      if (full) open_->front()->Close();
      std::make_shared<Connection>(std::move(socket), handlers_, limits_, open_)->Read();
      return Accept();
    }
    // Out of file descriptors, mostly: the connection stays in the backlog. Try again a little
    // later instead of spinning, and never give up listening.
    io_->retry.expires_after(kAcceptRetryDelay);
    io_->retry.async_wait([this](const ErrorCode& stopped) {
      if (!stopped) Accept();
    });
  }

  // All that holds a socket. Destroying the context destroys the connections that wait in it.
  struct Io {
    asio::io_context context{1};
    Tcp::acceptor acceptor{context};
    asio::steady_timer retry{context};
  };

  const Handlers handlers_;
  const Limits limits_;
  std::shared_ptr<OpenConnections> open_ = std::make_shared<OpenConnections>();
  std::unique_ptr<Io> io_;
  int port_ = 0;
  std::thread thread_;
};

HttpEndpoint::HttpEndpoint(std::unique_ptr<Server> server) : server_(std::move(server)) {}

HttpEndpoint::~HttpEndpoint() { Stop(); }

absl::StatusOr<std::unique_ptr<HttpEndpoint>> HttpEndpoint::Start(std::string_view address,
                                                                  Handlers handlers,
                                                                  Limits limits) {
  ASSIGN_OR_RETURN(const Tcp::endpoint endpoint, ParseAddress(address));
  auto server = std::make_unique<Server>(std::move(handlers), limits);
  RETURN_IF_ERROR(server->Listen(endpoint));
  return std::unique_ptr<HttpEndpoint>(new HttpEndpoint(std::move(server)));
}

absl::Status HttpEndpoint::CheckAddress(std::string_view address) {
  return ParseAddress(address).status();
}

absl::Status HttpEndpoint::TryAddress(std::string_view address) {
  ASSIGN_OR_RETURN(const Tcp::endpoint endpoint, ParseAddress(address));
  asio::io_context context{1};
  Tcp::acceptor acceptor{context};
  return ListenOn(endpoint, acceptor);
}

bool HttpEndpoint::IsEveryAddress(std::string_view address) {
  const auto endpoint = ParseAddress(address);
  return endpoint.ok() && endpoint->address().is_unspecified();
}

int HttpEndpoint::port() const { return server_->port(); }

void HttpEndpoint::Stop() { server_->Stop(); }

}  // namespace switchboard::telemetry

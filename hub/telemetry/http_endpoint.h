#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace switchboard::telemetry {

// Serves GET and HEAD of /metrics, /healthz and /readyz over plain HTTP/1.1 from one thread of its
// own. Without authentication: bind it to loopback or to an administration network. Serves nothing
// personal. Bound to loopback, it answers only requests whose Host is localhost or an address, so
// that no page in a browser of this machine reads it under a name of its own (DNS rebinding).
class HttpEndpoint {
 public:
  // Called on the endpoint's thread; must not block for long, throw, or call Stop.
  struct Handlers {
    std::function<std::string()> metrics;  // body of /metrics, in Prometheus' text format
    std::function<bool()> healthy;         // /healthz: 200 "ok" or 503 "unhealthy"
    std::function<bool()> ready;           // /readyz: 200 "ok" or 503 "not ready"
    // A connection was not served: it made room for another one, or no descriptor was left.
    std::function<void()> refused;
    // What is amiss although it is ready, behind the "ok" of /readyz; empty, or no function:
    // nothing.
    std::function<std::string()> concern{};
  };

  struct Limits {
    // Beyond it, the one that has waited longest for its request or its answer makes room: slow
    // clients keep no probe out.
    int connections_max = 16;
    size_t header_bytes_max = 8 * 1024;
    // From the first byte waited for to the last byte sent, for each request.
    absl::Duration request_timeout = absl::Seconds(5);
  };

  // Listens on "127.0.0.1:9464", "[::1]:9464" or "localhost:9464"; port 0 takes a free one.
  // Errors: INVALID_ARGUMENT, LISTEN_INVALID; UNAVAILABLE, LISTEN_FAILED (port in use, no such
  // address).
  static absl::StatusOr<std::unique_ptr<HttpEndpoint>> Start(std::string_view address,
                                                             Handlers handlers, Limits limits);

  // Whether an address is one of the forms above, without using it. Errors: LISTEN_INVALID.
  static absl::Status CheckAddress(std::string_view address);

  // Takes an address as Start does, and lets it go again. Errors: as Start.
  static absl::Status TryAddress(std::string_view address);

  // Whether an address (as above) is every one of this machine's, as 0.0.0.0 is.
  static bool IsEveryAddress(std::string_view address);

  ~HttpEndpoint();  // stops
  HttpEndpoint(const HttpEndpoint&) = delete;
  HttpEndpoint& operator=(const HttpEndpoint&) = delete;

  // The port bound.
  int port() const;

  // Closes everything and joins the thread. Idempotent.
  void Stop();

 private:
  class Server;
  explicit HttpEndpoint(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace switchboard::telemetry

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/edge/service.h"
#include "hub/hub.h"
#include "hub/identity/listener.h"
#include "hub/identity/peer_trust.h"
#include "hub/identity/tls_directory.h"
#include "hub/telemetry/log.h"

namespace switchboard::edge {

struct ServerOptions {
  std::string listen;  // "127.0.0.1:0" for a free port
  std::string trust_domain;
  int connections_max = 2000;
  // How long calls may go on over a connection that is too old to begin another.
  absl::Duration old_connection_grace = absl::Hours(1);
  // New connections a second from one address; 0: no limit.
  double connections_per_second_per_address = 64;
  // How long the end of a stream may wait behind messages that its peer does not read.
  absl::Duration unread_end_max = absl::Seconds(10);
};

// The gRPC edge of one hub: listener, mutual TLS, the three services, health and reflection.
class Server {
 public:
  // Starts to serve. `hub`, `tls`, `clock`, `metrics` and `log` outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options, Hub& hub,
                                                       const identity::TlsDirectory& tls,
                                                       Clock& clock, telemetry::Metrics& metrics,
                                                       telemetry::Log& log);
  ~Server();

  // Port bound.
  int port() const { return listener_->port(); }

  // Connections accepted since the start.
  int64_t connections_accepted() const { return listener_->loop().accepted(); }

  // What the health service says from now on, of the hub and of each service; SERVING at the start.
  // Not during or after Shutdown.
  void SetServing(bool serving);

  // Says NOT_SERVING, takes no more connections, ends streams and long polls, answers what is under
  // way and refuses what comes meanwhile, all with SHUTTING_DOWN; what is not answered when `grace`
  // is over ends the same way. Then closes the connections, also those that nobody uses; that takes
  // half a second at most. Idempotent.
  void Shutdown(absl::Duration grace);

 private:
  Server(const ServerOptions& options, Hub& hub, const identity::TlsDirectory& tls, Clock& clock,
         telemetry::Metrics& metrics);

  Hub& hub_;
  Calls calls_;
  const std::shared_ptr<identity::PeerTrust> trust_;
  const EdgeParts parts_;
  std::vector<std::unique_ptr<Service>> services_;
  std::unique_ptr<identity::Listener> listener_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace switchboard::edge

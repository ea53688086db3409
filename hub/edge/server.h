#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "hub/edge/reflection_service.h"
#include "hub/edge/service.h"
#include "hub/guard/guard.h"
#include "hub/hub.h"
#include "hub/identity/peer_trust.h"
#include "hub/identity/tls_directory.h"
#include "hub/telemetry/log.h"

namespace grpc::experimental {
class ExternalConnectionAcceptor;
}

namespace switchboard::edge {

struct ServerOptions {
  // Everything that bounds connections before gRPC sees them; accept.address is where to listen.
  guard::GuardOptions guard;
  // How long calls may go on over a connection that is too old to begin another.
  absl::Duration old_connection_grace = absl::Hours(1);
  // How long the end of a stream may wait behind messages that its peer does not read.
  absl::Duration unread_end_max = absl::Seconds(10);
  // Of all requests together (MemoryBudget).
  int64_t request_memory_max = int64_t{256} << 20;
};

// The gRPC edge of one hub: the guard before it, which listens and ends TLS, the three services,
// health and reflection.
class Server {
 public:
  // Starts to serve. Everything but `options` outlives the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options, Hub& hub,
                                                       const identity::TlsDirectory& tls,
                                                       Clock& clock, telemetry::Metrics& metrics,
                                                       telemetry::Log& log);
  ~Server();

  // Port bound.
  int port() const { return guard_->port(); }

  // Connections accepted since the start.
  int64_t connections_accepted() const { return guard_->accepted(); }

  // What requests make the hub hold now, in bytes.
  int64_t request_memory() const { return memory_.held(); }

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
         telemetry::Metrics& metrics, telemetry::Log& log);

  Hub& hub_;
  Calls calls_;
  MemoryBudget memory_;
  SteadyClock steady_clock_;
  identity::PeerTrust trust_;
  guard::RefusalTally refusals_;
  const EdgeParts parts_;
  std::vector<std::unique_ptr<Service>> services_;
  std::unique_ptr<ReflectionService> reflection_;
  // Before the server, whose last words pass through it.
  std::unique_ptr<guard::Guard> guard_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace switchboard::edge

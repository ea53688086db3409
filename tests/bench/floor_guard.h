#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "hub/base/clock.h"
#include "hub/guard/connection_book.h"
#include "hub/guard/guard.h"
#include "hub/guard/refusals.h"
#include "hub/identity/peer_trust.h"
#include "hub/identity/tls_directory.h"

namespace grpc::experimental {
class ExternalConnectionAcceptor;
}

namespace switchboard::bench {

// The hub's guard before a gRPC server that is nothing else of the hub: what it costs beside gRPC's
// own TLS.
class FloorGuard {
 public:
  // Binds a port of the loopback. Ends the program when it cannot.
  FloorGuard(const std::string& tls_directory, Clock& clock);

  int port() const { return guard_->port(); }
  // In place of a listening port.
  void AddTo(grpc::ServerBuilder& builder);
  // Once the server is started, which outlives what comes over it.
  void Start();

 private:
  SteadyClock steady_clock_;
  std::unique_ptr<identity::TlsDirectory> tls_;
  std::unique_ptr<identity::PeerTrust> trust_;
  guard::ConnectionBook book_;
  guard::RefusalTally refusals_;
  std::unique_ptr<guard::Guard> guard_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
};

}  // namespace switchboard::bench

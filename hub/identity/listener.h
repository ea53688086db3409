#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "hub/identity/accept_loop.h"

namespace grpc {
class ServerBuilder;
class ServerCredentials;
namespace experimental {
class ExternalConnectionAcceptor;
}
}  // namespace grpc

namespace switchboard::identity {

// Where a gRPC server gets its connections from: our AcceptLoop (which says why) feeding gRPC's
// experimental ExternalConnectionAcceptor. The only file that knows that interface; should a later
// gRPC drop it, this class becomes ServerBuilder::AddListeningPort with the same four steps.
//
// In this order: Add, BuildAndStart, Start … Stop, Shutdown of the server. gRPC 1.51 leaks a
// connection that is handed over before the server runs or after its shutdown.
class Listener {
 public:
  // Binds the address and adds the listener to the server to be built. Errors: as AcceptLoop::Bind.
  static absl::StatusOr<std::unique_ptr<Listener>> Add(
      grpc::ServerBuilder& builder, std::shared_ptr<grpc::ServerCredentials> credentials,
      AcceptOptions options, Clock& clock);

  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const { return loop_->port(); }
  void Start();
  // Idempotent. Live connections stay.
  void Stop();

  // Counts for the metrics.
  const AcceptLoop& loop() const { return *loop_; }

 private:
  Listener(std::unique_ptr<AcceptLoop> loop,
           std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor);

  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<AcceptLoop> loop_;  // uses acceptor_
};

}  // namespace switchboard::identity

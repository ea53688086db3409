#include "hub/identity/listener.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "hub/base/error.h"

namespace switchboard::identity {

absl::StatusOr<std::unique_ptr<Listener>> Listener::Add(
    grpc::ServerBuilder& builder, std::shared_ptr<grpc::ServerCredentials> credentials,
    AcceptOptions options, Clock& clock) {
  ASSIGN_OR_RETURN(std::unique_ptr<AcceptLoop> loop, AcceptLoop::Bind(std::move(options), clock));
  auto acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      std::move(credentials));
  return std::unique_ptr<Listener>(new Listener(std::move(loop), std::move(acceptor)));
}

Listener::Listener(std::unique_ptr<AcceptLoop> loop,
                   std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor)
    : acceptor_(std::move(acceptor)), loop_(std::move(loop)) {}

Listener::~Listener() = default;

void Listener::Start() {
  loop_->Start([acceptor = acceptor_.get()](int descriptor) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = descriptor;
    acceptor->HandleNewConnection(&connection);
  });
}

void Listener::Stop() { loop_->Stop(); }

}  // namespace switchboard::identity

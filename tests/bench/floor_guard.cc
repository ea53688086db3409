#include "tests/bench/floor_guard.h"

#include <utility>

#include "tests/bench/measure.h"

namespace switchboard::bench {

FloorGuard::FloorGuard(const std::string& tls_directory, Clock& clock)
    : book_({}, "floor"),
      refusals_([](const guard::Refusals&) { GiveUp("the floor's guard refused somebody"); },
                clock) {
  identity::TlsDirectoryOptions options;
  options.directory = tls_directory;
  auto tls = identity::TlsDirectory::Open(std::move(options), clock);
  Require(tls.status(), "certificates");
  tls_ = *std::move(tls);
  trust_ = std::make_unique<identity::PeerTrust>(*tls_, clock);
  guard::GuardOptions guard;
  guard.accept.address = "127.0.0.1:0";
  guard.trust_domain = "issuer.example";
  auto bound = guard::Guard::Bind(std::move(guard), *tls_, *trust_, book_, refusals_, clock,
                                  steady_clock_, {});
  Require(bound.status(), "the floor's guard");
  guard_ = *std::move(bound);
}

void FloorGuard::AddTo(grpc::ServerBuilder& builder) {
  acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
}

void FloorGuard::Start() {
  guard_->Start([this](int descriptor) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = descriptor;
    acceptor_->HandleNewConnection(&connection);
  });
}

}  // namespace switchboard::bench

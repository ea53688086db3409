#include "hub/edge/server.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/security/server_credentials.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "hub/edge/server_arguments.h"

namespace switchboard::edge {
namespace {

// How long peers may take to hear their last answer, and to stop asking, before their connections
// are closed.
constexpr absl::Duration kFarewell = absl::Milliseconds(250);

std::function<void(const guard::Refusals&)> Reporter(telemetry::Metrics& metrics,
                                                     telemetry::Log& log) {
  return [&metrics, &log](const guard::Refusals& refusals) {
    const std::string_view reason = guard::RefusalName(refusals.reason);
    metrics.connections_refused.Add(refusals.count, reason);
    log.Warning("connections_refused",
                {{"reason", reason}, {"address", refusals.address}, {"count", refusals.count}});
  };
}

guard::GuardCalls CallsOf(telemetry::Metrics& metrics, telemetry::Log& log) {
  guard::GuardCalls calls;
  calls.on_nameless = [&log](const absl::Status& why) {
    log.Warning("peer_nameless", {{"why", why}});
  };
  calls.on_offence = [&metrics, &log](const guard::OpenConnection& connection,
                                      guard::Offence offence) {
    const std::string peer = connection.peer().ok() ? connection.peer()->Actor() : "nobody";
    metrics.connections_ended.Add(1, guard::OffenceName(offence), peer);
    log.Warning("connection_ended", {{"reason", guard::OffenceName(offence)},
                                     {"peer", peer},
                                     {"connection", connection.id()},
                                     {"address", connection.address()}});
  };
  return calls;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Hub& hub,
                                                      const identity::TlsDirectory& tls,
                                                      Clock& clock, telemetry::Metrics& metrics,
                                                      telemetry::Log& log) {
  grpc::EnableDefaultHealthCheckService(true);
  std::unique_ptr<Server> server(new Server(options, hub, tls, clock, metrics, log));
  for (auto rows :
       {api::CoreMethods(hub.core_api()), api::VendorMethods(hub.vendor_api()),
        api::OperatorMethods(hub.operator_api()), api::PrivacyMethods(hub.privacy_api())}) {
    server->services_.push_back(std::make_unique<Service>(server->parts_, std::move(rows)));
  }
  for (int reason = 0; reason < guard::kRefusalReasons; ++reason)
    metrics.connections_refused.Touch(
        guard::RefusalName(static_cast<guard::RefusalReason>(reason)));
  ASSIGN_OR_RETURN(
      server->guard_,
      guard::Guard::Bind(options.guard, tls, server->trust_, hub.connections(), server->refusals_,
                         clock, server->steady_clock_, CallsOf(metrics, log)));
  grpc::ServerBuilder builder;
  ConnectionAge age;
  age.grace = options.old_connection_grace;
  ServerArguments(builder, age);
  std::vector<const google::protobuf::ServiceDescriptor*> descriptors;
  for (const auto& service : server->services_) {
    builder.RegisterService(service.get());
    descriptors.push_back(&service->descriptor());
  }
  server->reflection_ = std::make_unique<ReflectionService>(server->parts_, std::move(descriptors));
  builder.RegisterService(server->reflection_.get());
  // Plain bytes: the guard has ended TLS. Nothing else listens.
  server->acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) {
    return Error(absl::StatusCode::kUnavailable, "LISTEN_FAILED",
                 "gRPC could not start; its log says why");
  }
  server->SetServing(true);
  server->guard_->Start([acceptor = server->acceptor_.get()](int descriptor) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = descriptor;
    acceptor->HandleNewConnection(&connection);
  });
  return server;
}

Server::Server(const ServerOptions& options, Hub& hub, const identity::TlsDirectory& tls,
               Clock& clock, telemetry::Metrics& metrics, telemetry::Log& log)
    : hub_(hub),
      memory_(options.request_memory_max),
      trust_(tls, clock),
      refusals_(Reporter(metrics, log), clock),
      parts_{hub.connections(), trust_, clock, metrics, calls_, memory_, options.unread_end_max} {}

void Server::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface& health = *server_->GetHealthCheckService();
  health.SetServingStatus("", serving);
  for (const auto& service : services_)
    health.SetServingStatus(service->descriptor().full_name(), serving);
}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

void Server::Shutdown(absl::Duration grace) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->SetServingStatus(false);
  guard_->StopAccepting();
  calls_.BeginShutdown();
  hub_.BeginShutdown();
  if (!calls_.WaitUntilOver(grace)) {
    calls_.EndAll();
    calls_.WaitUntilOver(kFarewell);
  }
  calls_.WaitUntilQuiet(kFarewell);
  // Closes the connections. From the first moment of its shutdown on, gRPC ends calls that still
  // come as CANCELLED, which nobody would try again, and waits for peers that do not look any more;
  // on a closed connection a call is UNAVAILABLE. (gRPC means this for after the shutdown. The test
  // of calls that come all the time tells should that ever matter.)
  grpc_server_cancel_all_calls(server_->c_server());
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_.reset();
}

}  // namespace switchboard::edge

#include "hub/edge/server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include "hub/edge/core_service.h"
#include "hub/edge/operator_service.h"
#include "hub/edge/vendor_service.h"
#include "hub/identity/server_arguments.h"
#include "hub/identity/server_credentials.h"

namespace switchboard::edge {
namespace {

constexpr const char* kServices[] = {"switchboard.v1.CoreService", "switchboard.v1.VendorService",
                                     "switchboard.v1.OperatorService"};

// As a label and a field hold it: neither takes a sentence.
std::string_view NameOf(identity::RefusalReason reason) {
  switch (reason) {
    case identity::RefusalReason::kDescriptorsMax:
      return "descriptors_max";
    case identity::RefusalReason::kAddressRate:
      return "address_rate";
    case identity::RefusalReason::kSystemExhausted:
      break;
  }
  return "system_exhausted";
}

identity::AcceptOptions AcceptOptionsOf(const ServerOptions& options, telemetry::Metrics& metrics,
                                        telemetry::Log& log) {
  identity::AcceptOptions accept;
  accept.address = options.listen;
  accept.connections_per_second_per_address = options.connections_per_second_per_address;
  // Descriptors the process has open for other things: the database, readers, threads' own.
  accept.descriptors_max = options.connections_max + 100;
  accept.on_refused = [&metrics, &log](const identity::Refusals& refusals) {
    metrics.connections_refused.Add(refusals.count, NameOf(refusals.reason));
    log.Warning("connections_refused", {{"reason", NameOf(refusals.reason)},
                                        {"address", refusals.address},
                                        {"count", refusals.count}});
  };
  return accept;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Hub& hub,
                                                      const identity::TlsDirectory& tls,
                                                      Clock& clock, telemetry::Metrics& metrics,
                                                      telemetry::Log& log) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  std::unique_ptr<Server> server(
      new Server(hub, EdgeParts{options.trust_domain, clock, metrics, options.unread_end_max}));
  server->core_service_ = MakeCoreService(server->parts_, hub.core_api());
  server->vendor_service_ = MakeVendorService(server->parts_, hub.vendor_api());
  server->operator_service_ = MakeOperatorService(server->parts_, hub.operator_api());
  grpc::ServerBuilder builder;
  identity::ServerArguments(builder);
  builder.RegisterService(server->core_service_.get());
  builder.RegisterService(server->vendor_service_.get());
  builder.RegisterService(server->operator_service_.get());
  auto credentials = identity::MakeServerCredentials(
      tls, options.trust_domain, [&log](const absl::Status& status) {
        log.Warning("peer_refused", {{"why", status}});
      });
  ASSIGN_OR_RETURN(server->listener_,
                   identity::Listener::Add(builder, std::move(credentials),
                                           AcceptOptionsOf(options, metrics, log), clock));
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) {
    return Error(absl::StatusCode::kUnavailable, "LISTEN_FAILED",
                 "gRPC could not start; its log says why");
  }
  for (const char* service : kServices)
    server->server_->GetHealthCheckService()->SetServingStatus(service, true);
  server->listener_->Start();
  return server;
}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

void Server::Shutdown(absl::Duration grace) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->SetServingStatus(false);
  listener_->Stop();
  hub_.BeginShutdown();
  server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(grace));
  server_->Wait();
  server_.reset();
}

}  // namespace switchboard::edge

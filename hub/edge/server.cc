#include "hub/edge/server.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include "hub/identity/server_arguments.h"
#include "hub/identity/server_credentials.h"

namespace switchboard::edge {
namespace {

// How long peers may take to hear their last answer, and to stop asking, before their connections
// are closed.
constexpr absl::Duration kFarewell = absl::Milliseconds(250);

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
  std::unique_ptr<Server> server(new Server(options, hub, tls, clock, metrics));
  for (auto rows : {api::CoreMethods(hub.core_api()), api::VendorMethods(hub.vendor_api()),
                    api::OperatorMethods(hub.operator_api())}) {
    server->services_.push_back(std::make_unique<Service>(server->parts_, std::move(rows)));
  }
  for (const auto reason :
       {identity::RefusalReason::kDescriptorsMax, identity::RefusalReason::kAddressRate,
        identity::RefusalReason::kSystemExhausted})
    metrics.connections_refused.Touch(NameOf(reason));
  grpc::ServerBuilder builder;
  identity::ConnectionAge age;
  age.grace = options.old_connection_grace;
  identity::ServerArguments(builder, age);
  for (const auto& service : server->services_) builder.RegisterService(service.get());
  auto credentials = identity::MakeServerCredentials(
      tls, options.trust_domain, server->trust_, [&log](const absl::Status& status) {
        log.Warning("peer_nameless", {{"why", status}});
      });
  ASSIGN_OR_RETURN(server->listener_,
                   identity::Listener::Add(builder, std::move(credentials),
                                           AcceptOptionsOf(options, metrics, log), clock));
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) {
    return Error(absl::StatusCode::kUnavailable, "LISTEN_FAILED",
                 "gRPC could not start; its log says why");
  }
  server->SetServing(true);
  server->listener_->Start();
  return server;
}

Server::Server(const ServerOptions& options, Hub& hub, const identity::TlsDirectory& tls,
               Clock& clock, telemetry::Metrics& metrics)
    : hub_(hub),
      trust_(std::make_shared<identity::PeerTrust>(tls, clock)),
      parts_{options.trust_domain, *trust_, clock, metrics, calls_, options.unread_end_max} {}

void Server::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface& health = *server_->GetHealthCheckService();
  health.SetServingStatus("", serving);
  for (const auto& service : services_) health.SetServingStatus(service->full_name(), serving);
}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

void Server::Shutdown(absl::Duration grace) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->SetServingStatus(false);
  listener_->Stop();
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

#include "clients/demo/hub_reader.h"

#include <grpcpp/grpcpp.h>

#include <chrono>

#include "hub/base/error.h"
#include "hub/identity/client_credentials.h"
#include "switchboard/v1/operator_service.grpc.pb.h"

namespace switchboard::demo {
namespace {

using Stub = v1::OperatorService::Stub;

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace

struct HubReader::Connection {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<Stub> stub;

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    // A synchronous channel makes progress only while a call waits on it: a call that failed at
    // once would never see the hub come back.
    context.set_wait_for_ready(true);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    response->Clear();
    return FromGrpc((stub.get()->*method)(&context, request, response));
  }
};

HubReader::HubReader(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
HubReader::~HubReader() = default;

absl::StatusOr<std::unique_ptr<HubReader>> HubReader::Connect(const std::string& address,
                                                              const std::string& tls,
                                                              Clock& clock) {
  ASSIGN_OR_RETURN(const auto credentials, identity::MakeClientCredentials(tls, clock));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 * 1024 * 1024);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  auto connection = std::make_unique<Connection>();
  connection->channel = grpc::CreateCustomChannel(address, credentials, arguments);
  connection->stub = v1::OperatorService::NewStub(connection->channel);
  return std::unique_ptr<HubReader>(new HubReader(std::move(connection)));
}

absl::StatusOr<v1::ListVendorsResponse> HubReader::Vendors() {
  v1::ListVendorsResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::ListVendors, v1::ListVendorsRequest(), &response));
  return response;
}

absl::Status HubReader::ForEachPlacement(
    const std::function<void(const v1::ListPlacementsResponse::Placement&)>& visit) {
  v1::ListPlacementsRequest request;
  v1::ListPlacementsResponse response;
  do {
    RETURN_IF_ERROR(connection_->Call(&Stub::ListPlacements, request, &response));
    for (const auto& placement : response.placements()) visit(placement);
    if (response.placements_size() > 0)
      request.set_after(response.placements().rbegin()->assignment_id());
  } while (response.placements_size() > 0);
  return absl::OkStatus();
}

absl::Status HubReader::ForEachDisclosure(
    const std::function<void(const v1::ListDisclosuresResponse::Disclosure&)>& visit) {
  v1::ListDisclosuresRequest request;
  request.set_max_disclosures(100);  // each may name a whole page of assignments
  v1::ListDisclosuresResponse response;
  do {
    RETURN_IF_ERROR(connection_->Call(&Stub::ListDisclosures, request, &response));
    for (const auto& disclosure : response.disclosures()) visit(disclosure);
    request.set_after(response.next());
  } while (response.disclosures_size() > 0);
  return absl::OkStatus();
}

absl::Status HubReader::ForEachQuarantined(
    const std::function<void(const v1::ListQuarantineResponse::Item&)>& visit) {
  v1::ListQuarantineRequest request;
  v1::ListQuarantineResponse response;
  do {
    RETURN_IF_ERROR(connection_->Call(&Stub::ListQuarantine, request, &response));
    for (const auto& item : response.items()) visit(item);
    if (response.items_size() > 0) request.set_after(response.items().rbegin()->quarantine_id());
  } while (response.items_size() > 0);
  return absl::OkStatus();
}

absl::Status HubReader::ForEachAuditEntry(const std::function<void(const v1::AuditEntry&)>& visit) {
  v1::ReadAuditRequest request;
  v1::ReadAuditResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::ReadAudit, request, &response));
  const auto chains = response.chain_ids();
  for (const std::string& chain : chains) {
    request.set_chain_id(chain);
    request.set_after(0);
    do {
      RETURN_IF_ERROR(connection_->Call(&Stub::ReadAudit, request, &response));
      for (const v1::AuditEntry& entry : response.entries()) visit(entry);
      if (response.entries_size() > 0) request.set_after(response.entries().rbegin()->sequence());
    } while (response.entries_size() > 0);
  }
  return absl::OkStatus();
}

}  // namespace switchboard::demo

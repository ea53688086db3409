#include "clients/demo/evidence/hub_reader.h"

#include <grpcpp/grpcpp.h>

#include "clients/demo/parties/demo_day.h"
#include "clients/transport/hub_channels.h"
#include "clients/transport/retry.h"
#include "clients/transport/unary_calls.h"
#include "hub/base/error.h"
#include "hub/identity/client_credentials.h"
#include "hub/identity/grpc_status.h"
#include "switchboard/v1/operator_service.grpc.pb.h"
#include "switchboard/v1/privacy_service.grpc.pb.h"

namespace switchboard::demo {
namespace {

using Stub = v1::OperatorService::Stub;
using PrivacyStub = v1::PrivacyService::Stub;

constexpr absl::Duration kCallMax = absl::Seconds(10);
constexpr absl::Duration kConnectMax = absl::Seconds(1);

// Calls of one service over hubs as any client has them, but one at a time and blocking.
template <typename Service>
class Calls {
 public:
  template <typename Request, typename Response>
  using Method = grpc::Status (Service::Stub::*)(grpc::ClientContext*, const Request&, Response*);

  explicit Calls(const transport::Channels& channels) : hubs_(channels) {}

  // Every hub is asked once. While none is connected, which a channel becomes only as long as
  // somebody waits on it, this waits for the first.
  template <typename Request, typename Response>
  absl::Status Call(Method<Request, Response> method, const Request& request, Response* response) {
    absl::Status status = absl::UnavailableError("no hub is there");
    for (bool waited = false;; waited = true) {
      bool asked = false;
      for (size_t tried = 0; tried < hubs_.size(); ++tried) {
        const auto hub = hubs_.current();
        if (transport::Connect(*hub->channel, kConnectMax)) {
          asked = true;
          status = CallAt(*hub->stub, method, request, response);
          if (!transport::AnotherHubMayDo(status)) return status;
        }
        hubs_.TurnFrom(hub->number);
      }
      if (asked || waited) return status;
      if (!transport::AwaitConnection(hubs_.channels(), kCallMax, [] { return false; })) {
        return status;
      }
    }
  }

 private:
  template <typename Request, typename Response>
  static absl::Status CallAt(typename Service::Stub& stub, Method<Request, Response> method,
                             const Request& request, Response* response) {
    grpc::ClientContext context;
    transport::SetTimeout(context, kCallMax);
    response->Clear();
    return identity::FromGrpc((stub.*method)(&context, request, response));
  }

  transport::Hubs<Service> hubs_;
};

}  // namespace

struct HubReader::Connection {
  explicit Connection(const transport::Channels& channels)
      : operators(channels), privacy(channels) {}

  template <typename Request, typename Response>
  absl::Status Call(Calls<v1::OperatorService>::Method<Request, Response> method,
                    const Request& request, Response* response) {
    return operators.Call(method, request, response);
  }

  Calls<v1::OperatorService> operators;
  Calls<v1::PrivacyService> privacy;
};

HubReader::HubReader(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
HubReader::~HubReader() = default;

absl::StatusOr<std::unique_ptr<HubReader>> HubReader::Connect(
    const std::vector<std::string>& addresses, const std::string& tls, Clock& clock) {
  ASSIGN_OR_RETURN(const auto credentials, identity::MakeClientCredentials(tls, clock));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 * 1024 * 1024);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  transport::Channels channels;
  for (const std::string& address : addresses)
    channels.push_back(grpc::CreateCustomChannel(address, credentials, arguments));
  return std::unique_ptr<HubReader>(new HubReader(std::make_unique<Connection>(channels)));
}

absl::StatusOr<v1::ListVendorsResponse> HubReader::Vendors() {
  v1::ListVendorsResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::ListVendors, v1::ListVendorsRequest(), &response));
  return response;
}

absl::StatusOr<v1::ReportPermitsResponse> HubReader::Permits() {
  v1::ReportPermitsRequest request;
  const absl::CivilDay from = DayBeforeDemoDay();
  request.mutable_from_day()->set_year(static_cast<int32_t>(from.year()));
  request.mutable_from_day()->set_month(from.month());
  request.mutable_from_day()->set_day(from.day());
  v1::ReportPermitsResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::ReportPermits, request, &response));
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
    const std::function<void(const v1::ListQuarantineResponse::Item&)>& visit,
    const std::function<void(const v1::ListQuarantineResponse::Rest&)>& visit_rest) {
  v1::ListQuarantineRequest request;
  v1::ListQuarantineResponse response;
  do {
    RETURN_IF_ERROR(connection_->Call(&Stub::ListQuarantine, request, &response));
    for (const auto& item : response.items()) visit(item);
    for (const auto& rest : response.rest()) visit_rest(rest);
    if (response.items_size() > 0) request.set_after(response.items().rbegin()->quarantine_id());
  } while (response.items_size() > 0);
  return absl::OkStatus();
}

absl::Status HubReader::ForEachMissingRecording(
    const std::function<void(const v1::MissingRecording&)>& visit) {
  v1::FindMissingRecordingsRequest request;
  v1::FindMissingRecordingsResponse response;
  do {
    RETURN_IF_ERROR(connection_->Call(&Stub::FindMissingRecordings, request, &response));
    for (const auto& call : response.calls()) {
      visit(call);
      request.set_after_vendor_id(call.vendor_id());
      request.set_after_outcome_id(call.outcome_id());
    }
  } while (response.calls_size() > 0);
  return absl::OkStatus();
}

absl::Status HubReader::ForEachDeletionOrder(
    const std::function<void(const v1::FindDeletionOrdersResponse::Line&)>& visit) {
  v1::FindDeletionOrdersRequest request, whole;
  v1::FindDeletionOrdersResponse response, one;
  do {
    RETURN_IF_ERROR(
        connection_->privacy.Call(&PrivacyStub::FindDeletionOrders, request, &response));
    for (const auto& line : response.lines()) {
      whole.set_order_id(line.deletion_order().order_id());
      RETURN_IF_ERROR(connection_->privacy.Call(&PrivacyStub::FindDeletionOrders, whole, &one));
      for (const auto& order : one.lines()) visit(order);
      request.set_after(line.deletion_order().order_id());
    }
  } while (response.lines_size() > 0);
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

absl::StatusOr<v1::ReadAuditTreeResponse> HubReader::Tree(int64_t after) {
  v1::ReadAuditTreeRequest request;
  request.set_after(after);
  v1::ReadAuditTreeResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::ReadAuditTree, request, &response));
  return response;
}

absl::StatusOr<v1::ReadAuditResponse> HubReader::Entries(const v1::ReadAuditRequest& request) {
  v1::ReadAuditResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::ReadAudit, request, &response));
  return response;
}

absl::StatusOr<v1::ListCheckpointsResponse> HubReader::Checkpoints(int64_t after_size) {
  v1::ListCheckpointsRequest request;
  request.set_after_size(after_size);
  v1::ListCheckpointsResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::ListCheckpoints, request, &response));
  return response;
}

absl::StatusOr<v1::DigestRowsResponse> HubReader::Rows(const v1::DigestRowsRequest& request) {
  v1::DigestRowsResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::DigestRows, request, &response));
  return response;
}

absl::StatusOr<v1::ListProposedPlansResponse> HubReader::ProposedPlans(
    const v1::ListProposedPlansRequest& request) {
  v1::ListProposedPlansResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::ListProposedPlans, request, &response));
  return response;
}

absl::StatusOr<v1::DecidePlanResponse> HubReader::DecidePlan(const v1::DecidePlanRequest& request) {
  v1::DecidePlanResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::DecidePlan, request, &response));
  return response;
}

absl::StatusOr<v1::ProposeTextResponse> HubReader::ProposeText(
    const v1::ProposeTextRequest& request) {
  v1::ProposeTextResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::ProposeText, request, &response));
  return response;
}

absl::StatusOr<v1::ReleaseTextResponse> HubReader::ReleaseText(
    const v1::ReleaseTextRequest& request) {
  v1::ReleaseTextResponse response;
  RETURN_IF_ERROR(connection_->Call(&Stub::ReleaseText, request, &response));
  return response;
}

}  // namespace switchboard::demo

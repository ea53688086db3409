#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "switchboard/v1/operator_service.pb.h"

namespace switchboard::cli {

// The hub as an operator reaches it: OperatorService call by call, and its health. Calls block.
// Errors: those of the method in operator_service.proto, and gRPC's own without a reason. Not
// thread-safe.
class HubCalls {
 public:
  virtual ~HubCalls() = default;

  template <typename Response>
  using Answer = absl::StatusOr<Response>;

  virtual Answer<v1::ListVendorsResponse> ListVendors(const v1::ListVendorsRequest&) = 0;
  virtual Answer<v1::ApplyContractResponse> ApplyContract(const v1::ApplyContractRequest&) = 0;
  virtual Answer<v1::ApplyRoutingPlanResponse> ApplyRoutingPlan(
      const v1::ApplyRoutingPlanRequest&) = 0;
  virtual Answer<v1::PreviewRoutingResponse> PreviewRouting(const v1::PreviewRoutingRequest&) = 0;
  virtual Answer<v1::RecallAssignmentsResponse> RecallAssignments(
      const v1::RecallAssignmentsRequest&) = 0;
  virtual Answer<v1::DecideRecallResponse> DecideRecall(const v1::DecideRecallRequest&) = 0;
  virtual Answer<v1::SetStopResponse> SetStop(const v1::SetStopRequest&) = 0;
  virtual Answer<v1::ListPlacementsResponse> ListPlacements(const v1::ListPlacementsRequest&) = 0;
  virtual Answer<v1::ListDisclosuresResponse> ListDisclosures(
      const v1::ListDisclosuresRequest&) = 0;
  virtual Answer<v1::ListQuarantineResponse> ListQuarantine(const v1::ListQuarantineRequest&) = 0;
  virtual Answer<v1::ReadAuditResponse> ReadAudit(const v1::ReadAuditRequest&) = 0;
  virtual Answer<v1::StartBackupResponse> StartBackup(const v1::StartBackupRequest&) = 0;
  virtual Answer<v1::GetBackupResponse> GetBackup(const v1::GetBackupRequest&) = 0;

  // grpc.health.v1 of one service, "SERVING" or another name of its enum; "" asks for the hub as a
  // whole.
  virtual Answer<std::string> Health(const std::string& service) = 0;
};

struct Connection {
  std::vector<std::string> hubs;  // "host:port", at least one
  std::string tls;                // folder with tls.crt, tls.key and ca.crt of an operator
  absl::Duration timeout = absl::Seconds(60);         // of each call
  absl::Duration connect_timeout = absl::Seconds(2);  // of each hub, where there is another one

  // "hub-1:8443,hub-2:8443"
  std::string HubsText() const;
};

// Calls the first hub that can be reached over mutual TLS, and stays with it. A call that fails in
// a way that another hub may not is repeated at the next one, until each has been asked once; all
// but DecideRecall and StartBackup, whose repetition would be answered with an error, may be.
// `on_wait` is called about once a second, with the hub's address, while a call is under way.
// Errors: those of the TLS material. Connects with the first call.
absl::StatusOr<std::unique_ptr<HubCalls>> ConnectToHub(
    const Connection& connection, Clock& clock, std::function<void(std::string_view hub)> on_wait);

}  // namespace switchboard::cli

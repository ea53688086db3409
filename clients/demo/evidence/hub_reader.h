#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/audit/log_check.h"
#include "hub/base/clock.h"
#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/privacy_records.pb.h"

namespace switchboard::demo {

// What a hub tells an operator, its audit log among it.
class HubBooks : public audit::LogSource {
 public:
  virtual absl::StatusOr<v1::ListVendorsResponse> Vendors() = 0;
  // Of yesterday and today, UTC: a run may go over midnight.
  virtual absl::StatusOr<v1::ReportPermitsResponse> Permits() = 0;
  virtual absl::Status ForEachPlacement(
      const std::function<void(const v1::ListPlacementsResponse::Placement&)>& visit) = 0;
  virtual absl::Status ForEachDisclosure(
      const std::function<void(const v1::ListDisclosuresResponse::Disclosure&)>& visit) = 0;
  // What is kept, and what was only counted.
  virtual absl::Status ForEachQuarantined(
      const std::function<void(const v1::ListQuarantineResponse::Item&)>& visit,
      const std::function<void(const v1::ListQuarantineResponse::Rest&)>& visit_rest) = 0;
  // Calls whose recordings are owed, by vendor and outcome.
  virtual absl::Status ForEachMissingRecording(
      const std::function<void(const v1::MissingRecording&)>& visit) = 0;
  // Orders to delete by id, each with its assignments and its vendor's word.
  virtual absl::Status ForEachDeletionOrder(
      const std::function<void(const v1::FindDeletionOrdersResponse::Line&)>& visit) = 0;
  // Every entry of every chain, in chain order.
  virtual absl::Status ForEachAuditEntry(
      const std::function<void(const v1::AuditEntry&)>& visit) = 0;
};

// Where head office sees the plans that wait for it, and decides on them.
class PlanDesk {
 public:
  virtual ~PlanDesk() = default;

  // Errors of both: those of OperatorService, and those of not reaching a hub.
  virtual absl::StatusOr<v1::ListProposedPlansResponse> ProposedPlans(
      const v1::ListProposedPlansRequest& request) = 0;
  virtual absl::StatusOr<v1::DecidePlanResponse> DecidePlan(
      const v1::DecidePlanRequest& request) = 0;
};

// Asks real hubs: one of them, and the next when that one fails. Blocking; a call waits for a hub
// to be there, at most ten seconds. Not thread-safe.
class HubReader final : public HubBooks, public PlanDesk {
 public:
  // Errors: those of identity::MakeClientCredentials.
  static absl::StatusOr<std::unique_ptr<HubReader>> Connect(
      const std::vector<std::string>& addresses, const std::string& tls, Clock& clock);
  ~HubReader() override;

  absl::StatusOr<v1::ListVendorsResponse> Vendors() override;
  absl::StatusOr<v1::ReportPermitsResponse> Permits() override;
  absl::Status ForEachPlacement(
      const std::function<void(const v1::ListPlacementsResponse::Placement&)>& visit) override;
  absl::Status ForEachDisclosure(
      const std::function<void(const v1::ListDisclosuresResponse::Disclosure&)>& visit) override;
  absl::Status ForEachQuarantined(
      const std::function<void(const v1::ListQuarantineResponse::Item&)>& visit,
      const std::function<void(const v1::ListQuarantineResponse::Rest&)>& visit_rest) override;
  absl::Status ForEachMissingRecording(
      const std::function<void(const v1::MissingRecording&)>& visit) override;
  absl::Status ForEachDeletionOrder(
      const std::function<void(const v1::FindDeletionOrdersResponse::Line&)>& visit) override;
  absl::Status ForEachAuditEntry(const std::function<void(const v1::AuditEntry&)>& visit) override;
  absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t after) override;
  absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) override;
  absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t after_size) override;
  absl::StatusOr<v1::DigestRowsResponse> Rows(const v1::DigestRowsRequest& request) override;

  absl::StatusOr<v1::ListProposedPlansResponse> ProposedPlans(
      const v1::ListProposedPlansRequest& request) override;
  absl::StatusOr<v1::DecidePlanResponse> DecidePlan(const v1::DecidePlanRequest& request) override;

  // Errors of both: those of OperatorService, and those of not reaching a hub.
  absl::StatusOr<v1::ProposeTextResponse> ProposeText(const v1::ProposeTextRequest& request);
  absl::StatusOr<v1::ReleaseTextResponse> ReleaseText(const v1::ReleaseTextRequest& request);

 private:
  struct Connection;
  explicit HubReader(std::unique_ptr<Connection> connection);

  std::unique_ptr<Connection> connection_;
};

}  // namespace switchboard::demo

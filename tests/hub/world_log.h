#pragma once

#include "hub/audit/log_source.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard::testing {

// The log as the operator's calls give it.
class WorldLog final : public audit::LogSource {
 public:
  explicit WorldLog(HubWorld& world) : world_(world) {}

  absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t after) override {
    v1::ReadAuditTreeRequest request;
    request.set_after(after);
    return world_.Await<v1::ReadAuditTreeResponse>(
        [&](auto done) { api().ReadAuditTree(Operator(), request, done); });
  }
  absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) override {
    EXPECT_TRUE(request.stored());
    return world_.Await<v1::ReadAuditResponse>(
        [&](auto done) { api().ReadAudit(Operator(), request, done); });
  }
  absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t after_size) override {
    v1::ListCheckpointsRequest request;
    request.set_after_size(after_size);
    return world_.Await<v1::ListCheckpointsResponse>(
        [&](auto done) { api().ListCheckpoints(Operator(), request, done); });
  }
  absl::StatusOr<v1::DigestRowsResponse> Rows(const v1::DigestRowsRequest& request) override {
    return world_.Await<v1::DigestRowsResponse>(
        [&](auto done) { api().DigestRows(Operator(), request, done); });
  }

 private:
  api::OperatorApi& api() { return world_.hub().operator_api(); }

  HubWorld& world_;
};

}  // namespace switchboard::testing

#pragma once

#include "absl/status/statusor.h"
#include "hub/audit/log_signer.h"
#include "hub/storage/database.h"
#include "switchboard/v1/operator_audit.pb.h"

// What operators ask of the tree over all audit chains. Errors: those of the methods in
// operator_service.proto, and of audit::Tiles.

namespace switchboard::reports {

// Most of a ReadAuditTree, and of a ListCheckpoints.
inline constexpr int kRangesMax = 10'000;
inline constexpr int kCheckpointsMax = 1'000;

absl::StatusOr<v1::ReadAuditTreeResponse> ReadAuditTree(storage::Connection& reader,
                                                        const audit::LogSigner& log,
                                                        const v1::ReadAuditTreeRequest& request);

absl::StatusOr<v1::ListCheckpointsResponse> ListCheckpoints(
    storage::Connection& reader, const audit::LogSigner& log,
    const v1::ListCheckpointsRequest& request);

absl::StatusOr<v1::ProveAuditResponse> ProveAudit(storage::Connection& reader,
                                                  const v1::ProveAuditRequest& request);

}  // namespace switchboard::reports

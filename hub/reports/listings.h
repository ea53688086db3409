#pragma once

#include "absl/status/statusor.h"
#include "hub/storage/database.h"
#include "hub/storage/sealer.h"
#include "switchboard/v1/operator_service.pb.h"

// The reading half of the operators' desk: pages over tables, newest state of one connection.

namespace switchboard::reports {

// Vendors with their numbers; `connected` is the caller's to fill.
absl::StatusOr<v1::ListVendorsResponse> ListVendors(storage::Connection& reader);
absl::StatusOr<v1::ListPlacementsResponse> ListPlacements(storage::Connection& reader,
                                                          storage::Sealer& sealer,
                                                          const v1::ListPlacementsRequest& request);
absl::StatusOr<v1::ListDisclosuresResponse> ListDisclosures(
    storage::Connection& reader, const v1::ListDisclosuresRequest& request);
absl::StatusOr<v1::ListQuarantineResponse> ListQuarantine(storage::Connection& reader,
                                                          const v1::ListQuarantineRequest& request);
absl::StatusOr<v1::ReadAuditResponse> ReadAudit(storage::Connection& reader,
                                                const v1::ReadAuditRequest& request);

}  // namespace switchboard::reports

#pragma once

#include "absl/time/time.h"
#include "hub/contracts/contracts.h"
#include "hub/storage/sealer.h"
#include "switchboard/v1/operator_service.pb.h"

// What operators ask about. Reads everybody's tables, on a reading connection, and writes none.

namespace switchboard::reports {

// Most rows of one page.
inline constexpr int kPageMax = 1000;

// Whatever only the hub that answers knows (connected, adapter) is left to the caller.
absl::StatusOr<v1::ListVendorsResponse> ListVendors(storage::Connection& reader,
                                                    contracts::Contracts& contracts,
                                                    absl::Time now);
absl::StatusOr<v1::ListPlacementsResponse> ListPlacements(storage::Connection& reader,
                                                          storage::Sealer& sealer,
                                                          const v1::ListPlacementsRequest& request);
absl::StatusOr<v1::ListDisclosuresResponse> ListDisclosures(
    storage::Connection& reader, const v1::ListDisclosuresRequest& request);
absl::StatusOr<v1::ListQuarantineResponse> ListQuarantine(storage::Connection& reader,
                                                          const v1::ListQuarantineRequest& request);
absl::StatusOr<v1::ListCoresResponse> ListCores(storage::Connection& reader);

}  // namespace switchboard::reports

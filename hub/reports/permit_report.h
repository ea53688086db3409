#pragma once

#include "absl/time/time.h"
#include "hub/storage/database.h"
#include "switchboard/v1/operator_rules.pb.h"

namespace switchboard::reports {

// See OperatorService.ReportPermits. Errors: INVALID_ARGUMENT, FIELD_INVALID.
absl::StatusOr<v1::ReportPermitsResponse> ReportPermits(storage::Connection& reader,
                                                        const v1::ReportPermitsRequest& request,
                                                        absl::Time now);

}  // namespace switchboard::reports

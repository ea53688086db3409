#pragma once

#include "absl/time/time.h"
#include "hub/storage/database.h"
#include "switchboard/v1/privacy_records.pb.h"

namespace switchboard::reports {

// How vendors keep to what was agreed; see PrivacyService.ReportVendors. Errors: INVALID_ARGUMENT,
// FIELD_INVALID.
absl::StatusOr<v1::ReportVendorsResponse> ReportVendors(storage::Connection& reader,
                                                        const v1::ReportVendorsRequest& request,
                                                        absl::Time now);

}  // namespace switchboard::reports

#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "hub/storage/database.h"
#include "switchboard/v1/audit_rows.pb.h"

namespace switchboard::reports {

// Digests of a table's rows as they are stored now, as many as one answer may hold. `key`: of
// digests, storage::RowKey. Errors: those of DigestRows in operator_service.proto.
absl::StatusOr<v1::DigestRowsResponse> DigestRows(storage::Connection& reader, std::string_view key,
                                                  const v1::DigestRowsRequest& request);

}  // namespace switchboard::reports

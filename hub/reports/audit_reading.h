#pragma once

#include "hub/audit/entry_seal.h"
#include "hub/storage/database.h"
#include "switchboard/v1/operator_service.pb.h"

namespace switchboard::reports {

// Entries of a chain, as many as one answer may hold, and which of them are forged. NOT_FOUND,
// CHAIN_UNKNOWN.
absl::StatusOr<v1::ReadAuditResponse> ReadAudit(storage::Connection& reader,
                                                const audit::EntrySeal& seal,
                                                const v1::ReadAuditRequest& request);

// The newest entry of every chain.
absl::StatusOr<v1::ListAuditHeadsResponse> ListAuditHeads(storage::Connection& reader);

}  // namespace switchboard::reports

#pragma once

#include "absl/time/time.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/permits/judge.h"
#include "hub/storage/database.h"
#include "switchboard/v1/operator_rules.pb.h"

namespace switchboard::permits {

// How far ahead may be asked about.
inline constexpr absl::Duration kExplainAheadMax = absl::Hours(31 * 24);

// Who may contact whom about an account, and why not; see OperatorService.ExplainPermits.
// Everything is as it is known at `now`, budgets apart, and nothing is written. Errors: NOT_FOUND,
// ACCOUNT_UNKNOWN; INVALID_ARGUMENT, FIELD_INVALID.
absl::StatusOr<v1::ExplainPermitsResponse> ExplainPermits(
    storage::Connection& connection, const book::Book& book, contracts::Contracts& contracts,
    const Judge& judge, const v1::ExplainPermitsRequest& request, absl::Time now);

}  // namespace switchboard::permits

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/person_request.pb.h"

// The rows of person_request, and what a change of one tells others. A request never changes its
// person, who is held by whoever changes it.

namespace switchboard::person_requests {

// Nothing: there is none of this id.
absl::StatusOr<std::optional<v1::PersonRequest>> FindRequest(storage::Connection& connection,
                                                             storage::Sealer& sealer,
                                                             std::string_view request_id);
// One whose box does not open is without its reference and fields.
absl::StatusOr<std::vector<v1::PersonRequest>> RequestsAfter(storage::Connection& connection,
                                                             storage::Sealer& sealer,
                                                             std::string_view after,
                                                             bool closed_too, int limit);

// False: the id is used.
absl::StatusOr<bool> InsertRequest(storage::Transaction& transaction, storage::Sealer& sealer,
                                   std::string_view actor, const v1::PersonRequest& asked);
// state, decided_by and decide_time of it.
absl::Status WriteDecision(storage::Transaction& transaction, const v1::PersonRequest& request);
// One more page was read; how many were.
absl::StatusOr<int64_t> CountPage(storage::Transaction& transaction, std::string_view request_id);
// It is done, as of now.
absl::Status WriteEnd(storage::Transaction& transaction, std::string_view request_id);

// How it stands now, for the audit log. `pages`: of ACCESS, read so far; `digest`: of this one.
void RecordStep(storage::Transaction& transaction, std::string_view actor,
                const v1::PersonRequest& request, int64_t pages, std::string_view digest);
// That a person asks for it, and operators agreed.
void TellCore(storage::Transaction& transaction, storage::Sealer& sealer,
              const v1::PersonRequest& request);

}  // namespace switchboard::person_requests

#pragma once

#include "hub/storage/database.h"

namespace switchboard::storage {

// The tables, as an ordered list of migrations. One writer, one list; the SQL that uses a table
// stands in the folder that owns it.
//
// | version | adds |
// | ------- | ---- |
// | 1       | everything of the main job: book, contracts, plans, assignments, feeds, stops,
// permits, outcomes, audit |
// | 2       | for several lanes and hubs: a vendor's numbers in a row of their own, hubs, leases |
// | 3       | for retention: an assignment's country, when the core last sent an account, and the
// indexes by which rows of an account and of a person are found |

// The version this program writes.
inline constexpr int kSchemaVersion = 3;

// Brings the database to kSchemaVersion, each migration in a transaction of its own; to an older
// version where a test wants what an older program left.
// Errors: FAILED_PRECONDITION, DATABASE_TOO_NEW when a newer program has written it.
absl::Status Migrate(WriterConnection& writer, int64_t now_us, int to = kSchemaVersion);

// When the database came to this version, in microseconds UTC. NOT_FOUND before it did.
absl::StatusOr<int64_t> ApplyTime(Connection& connection, int version);

// Runs what a starting hub does before it works, in a transaction of its own and alone among the
// hubs of the database; again when the engine asks for it. The errors of `body` and of the engine.
absl::Status RunAlone(WriterConnection& writer, absl::FunctionRef<absl::Status()> body);

}  // namespace switchboard::storage

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

// The version this program writes.
inline constexpr int kSchemaVersion = 2;

// Brings the database to kSchemaVersion, each migration in a transaction of its own.
// Errors: FAILED_PRECONDITION, DATABASE_TOO_NEW when a newer program has written it.
absl::Status Migrate(WriterConnection& writer, int64_t now_us);

// Runs what a starting hub does before it works, in a transaction of its own and alone among the
// hubs of the database; again when the engine asks for it. The errors of `body` and of the engine.
absl::Status RunAlone(WriterConnection& writer, absl::FunctionRef<absl::Status()> body);

}  // namespace switchboard::storage

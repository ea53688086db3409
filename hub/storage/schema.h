#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "hub/storage/database.h"

namespace switchboard::storage {

// The tables, each with the room that owns it; the SQL that uses a table stands in that room.
//
// There is no release yet, so there is one version only: a database of an older layout is refused.
// From the first release on, what comes is an ordered list of migrations.

// The version this program writes.
inline constexpr int kSchemaVersion = 21;

// Makes the tables where there are none.
// Errors: FAILED_PRECONDITION, DATABASE_TOO_NEW when a newer program has written the database;
// FAILED_PRECONDITION, DATABASE_TOO_OLD when one of before the first release has.
absl::Status Migrate(WriterConnection& writer, int64_t now_us);
// The same and, in the same transaction, what a starting hub does then: see RunAlone.
absl::Status Migrate(WriterConnection& writer, int64_t now_us,
                     absl::FunctionRef<absl::Status()> then);

// The text of every definition, as WriterConnection::Define takes it.
std::vector<std::string_view> Definitions();

// What a starting hub holds alone.
inline Key StartKey() { return {"start"}; }

// Runs what a starting hub does before it works, in a transaction of its own and alone among the
// hubs of the database; again when the engine asks for it. The errors of `body` and of the engine.
absl::Status RunAlone(WriterConnection& writer, absl::FunctionRef<absl::Status()> body);

}  // namespace switchboard::storage

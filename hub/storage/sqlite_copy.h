#pragma once

#include <string>

#include "absl/status/status.h"
#include "hub/storage/database.h"

// Copies of a SQLite database, whole files: made while a hub works on it, checked, and put in the
// place of one that was lost. Thread-safe.

namespace switchboard::storage {

// Whether somebody may be writing to the file that is copied.
enum class CopySource { kLive, kAtRest };

// The file's name as a URI for SQLite, which leaves nothing beside a file at rest.
std::string UriOf(const std::string& path, CopySource source);

// Copies the database at `from`, as it is at one moment, into the new file `to` (mode 0600), which
// is on disk when it returns. Readers and the writer of a live one go on; its log grows meanwhile,
// because the pages of that moment must stay. Leaves nothing behind when it fails.
// Errors: ALREADY_EXISTS, FILE_EXISTS; NOT_FOUND, FILE_MISSING; FAILED_PRECONDITION,
// NOT_A_DATABASE; those of Connection.
absl::Status CopySqlite(const std::string& from, CopySource source, const std::string& to,
                        CopyProgress go_on);

// Reads the whole file, which nobody may have open: is it a database of this product, and do its
// pages fit together? Writes nothing, not even files beside it.
// Errors: FAILED_PRECONDITION, NOT_A_DATABASE; DATA_LOSS, DATABASE_DAMAGED.
absl::Status CheckSqlite(const std::string& path, CopyProgress go_on);

// Moves `replacement`, which was closed in order, to `path`; what was there stays, with its log,
// under `path` + `suffix`. Both are on one file system. A crash leaves the old database, or none,
// or the new one. Errors: FAILED_PRECONDITION, DATABASE_IN_USE while a hub has it open;
// FAILED_PRECONDITION, DATABASE_UNREACHABLE when files cannot be moved.
absl::Status ReplaceSqlite(const std::string& path, const std::string& replacement,
                           const std::string& suffix);

}  // namespace switchboard::storage

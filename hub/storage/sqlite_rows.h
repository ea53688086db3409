#pragma once

#include <sqlite3.h>

#include "absl/status/status.h"
#include "hub/storage/value.h"

namespace switchboard::storage {

// Lets the statements of a connection read `rows($1)`. Errors: INTERNAL.
absl::Status AddRows(sqlite3* connection);

// Binds rows to a parameter; they must live until the statement is reset. SQLite's code.
int BindRows(sqlite3_stmt* statement, int index, const Rows& rows);

}  // namespace switchboard::storage

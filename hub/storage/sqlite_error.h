#pragma once

#include <sqlite3.h>

#include <cstdint>

#include "absl/status/status.h"

namespace switchboard::storage {

// "SWBD", so that file(1) and we recognise our own.
inline constexpr int64_t kSqliteApplicationId = 0x53574244;

// What SQLite says, as the errors of database.h. `db` may be null.
absl::Status SqliteStatus(sqlite3* db, int code, const char* what);

}  // namespace switchboard::storage

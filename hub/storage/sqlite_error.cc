#include "hub/storage/sqlite_error.h"

#include "absl/strings/str_cat.h"
#include "hub/storage/database.h"

namespace switchboard::storage {

absl::Status SqliteStatus(sqlite3* db, int code, const char* what) {
  const std::string message = absl::StrCat(what, ": ", sqlite3_errstr(code));
  if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) {
    return absl::AlreadyExistsError(absl::StrCat(what, ": ", sqlite3_errmsg(db)));
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::UnavailableError(message);
    case SQLITE_FULL:
      return StorageFull();
    case SQLITE_CORRUPT:
      return DatabaseDamaged();
    case SQLITE_NOTADB:
      return absl::FailedPreconditionError(message);
    default:
      // The message of a generic error names tables and columns, never values: values are bound.
      return absl::InternalError(absl::StrCat(message, ": ", sqlite3_errmsg(db)));
  }
}

}  // namespace switchboard::storage

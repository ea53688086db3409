#include "hub/storage/sqlite_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::storage {

absl::StatusOr<SqliteLock> SqliteLock::Take(const std::string& database_path) {
  const std::string path = database_path + ".lock";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_UNREACHABLE",
                 absl::StrCat("cannot make the lock file beside the database: ", strerror(errno)));
  }
  SqliteLock lock(file);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_IN_USE",
                 "another process has this database open; stop it first");
  }
  return lock;
}

SqliteLock::~SqliteLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace switchboard::storage

#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace switchboard::storage {

// The lock file beside a SQLite database: whoever has it is the one process that may open the
// database for writing. Ends with the process. Movable; thread-compatible.
class SqliteLock {
 public:
  // Does not wait. Errors: FAILED_PRECONDITION, DATABASE_IN_USE while another process has it;
  // FAILED_PRECONDITION, DATABASE_UNREACHABLE when the file cannot be made.
  static absl::StatusOr<SqliteLock> Take(const std::string& database_path);

  SqliteLock(SqliteLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  SqliteLock& operator=(SqliteLock&&) = delete;
  ~SqliteLock();

 private:
  explicit SqliteLock(int file) : file_(file) {}

  int file_;
};

}  // namespace switchboard::storage

#pragma once

#include <memory>
#include <vector>

#include "hub/base/mutex.h"
#include "hub/storage/database.h"

namespace switchboard::storage {

// Reading connections, lent one at a time and opened when none is idle. Thread-safe. A snapshot
// lasts for one Query, so that no reader holds the log back for long.
class Readers {
 public:
  explicit Readers(Database& database) : database_(database) {}

  // Runs `read` with a connection that nobody else uses meanwhile. Errors: those of `read`;
  // UNAVAILABLE, DATABASE_UNREACHABLE while there is no connection to be had.
  absl::Status Run(absl::FunctionRef<absl::Status(Connection&)> read);

 private:
  Database& database_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard::storage

#include "hub/storage/readers.h"

#include "hub/base/error.h"

namespace switchboard::storage {

absl::Status Readers::Run(absl::FunctionRef<absl::Status(Connection&)> read) {
  std::unique_ptr<Connection> connection;
  {
    MutexLock lock(mutex_);
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (connection == nullptr) {
    auto opened = database_.OpenReader();
    if (!opened.ok()) return ForCallers(opened.status());
    connection = *std::move(opened);
  }
  absl::Status status = ForCallers(read(*connection));
  MutexLock lock(mutex_);
  if (connection->usable()) {
    idle_.push_back(std::move(connection));
  } else {
    // Those that idled meanwhile were lost with it: a server that fails over cost each of them a
    // call.
    idle_.clear();
  }
  return status;
}

}  // namespace switchboard::storage

#include "hub/storage/readers.h"

#include "hub/base/error.h"

namespace switchboard::storage {

absl::Status Readers::Run(absl::FunctionRef<absl::Status(Connection&)> read) {
  std::unique_ptr<Connection> connection;
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (connection == nullptr) {
    ASSIGN_OR_RETURN(connection, database_.OpenReader());
  }
  absl::Status status = read(*connection);
  if (!connection->usable()) return status;
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
  return status;
}

}  // namespace switchboard::storage

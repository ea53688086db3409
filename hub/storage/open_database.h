#pragma once

#include <memory>
#include <string>

#include "hub/storage/database.h"

namespace switchboard::storage {

// Where a hub keeps everything: exactly one of the first two.
struct StorageOptions {
  std::string sqlite_path;
  std::string postgres_url;
  // Lanes of the PostgreSQL engine.
  int lanes = 4;
  // Name of this hub, for the server's lists.
  std::string hub_id = "hub-1";
  // Pages of a SQLite database that the writing connection may hold; each reading one an eighth.
  int sqlite_cache_mib = 64;
};

// Opens the engine that the options name. Errors: those of the engine's Open.
absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(const StorageOptions& options);

}  // namespace switchboard::storage

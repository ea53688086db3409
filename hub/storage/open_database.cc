#include "hub/storage/open_database.h"

#include "hub/base/error.h"
#include "hub/storage/postgres.h"
#include "hub/storage/sqlite.h"

namespace switchboard::storage {

absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(const StorageOptions& options) {
  SWITCHBOARD_ASSERT(options.sqlite_path.empty() != options.postgres_url.empty());
  if (!options.sqlite_path.empty())
    return SqliteDatabase::Open(
        options.sqlite_path,
        {.cache_kib = options.sqlite_cache_mib * int64_t{1024}, .record_writes = true});
  PostgresOptions postgres;
  postgres.url = options.postgres_url;
  postgres.hub_id = options.hub_id;
  postgres.lanes = options.lanes;
  return PostgresDatabase::Open(postgres);
}

}  // namespace switchboard::storage

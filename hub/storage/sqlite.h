#pragma once

#include <memory>
#include <string>

#include "hub/storage/database.h"
#include "hub/storage/sqlite_lock.h"

namespace switchboard::storage {

struct SqliteOptions {
  // Page cache of the writing connection; each reading one has an eighth. More saves reads on a
  // large book.
  int64_t cache_kib = 64 * 1024;
  // Log pages after which a checkpoint is made even though work is waiting (4 KiB each). What waits
  // then waits for all of it: with four times as many, one stop in a hundred did for 60 ms.
  int64_t log_pages_max = 4'096;
  // Log pages worth a checkpoint when there is nothing else to do.
  int64_t log_pages_idle = 1'024;
  // Records what the writing connection writes (row_writes.h).
  bool record_writes = false;
};

// SQLite in WAL mode with synchronous=FULL: a commit survives power loss. Exactly one connection
// writes, and it alone checkpoints: Debian's SQLite 3.40.1 can lose pages when two connections do
// (the WAL-reset bug, fixed in 3.51.3, sqlite.org/wal.html#walresetbug).
class SqliteDatabase final : public Database {
 public:
  // Opens or makes the file at `path` (mode 0600) and takes the lock file beside it.
  // Errors: FAILED_PRECONDITION, DATABASE_IN_USE when another process holds it;
  // FAILED_PRECONDITION, NOT_A_DATABASE when the file is something else.
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> Open(const std::string& path,
                                                              const SqliteOptions& options = {});
  absl::StatusOr<std::unique_ptr<Connection>> OpenReader() override;
  absl::StatusOr<std::unique_ptr<WriterConnection>> OpenWriter() override;
  int lanes() const override { return 1; }
  size_t group_max() const override { return 1'000; }
  // Everybody waits for the one lane.
  size_t piece_max() const override { return 125; }
  std::unique_ptr<Bulletin> OpenBulletin(std::function<void(const std::string&)>) override {
    return nullptr;
  }
  absl::Status CanBackUp() const override { return absl::OkStatus(); }
  absl::Status BackUp(const std::string& path, CopyProgress go_on) override;
  absl::Status CheckBackup(const std::string& path, CopyProgress go_on) override;
  absl::StatusOr<std::unique_ptr<Connection>> OpenBackup(const std::string& path) override;
  std::string Describe() const override;

 private:
  SqliteDatabase(std::string path, SqliteOptions options, SqliteLock lock);

  const std::string path_;
  const SqliteOptions options_;
  const SqliteLock lock_;
};

}  // namespace switchboard::storage

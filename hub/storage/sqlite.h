#pragma once

#include <memory>
#include <string>

#include "hub/storage/database.h"

namespace switchboard::storage {

// A connection that may change the database. Not thread-safe. Exactly one exists per database file,
// and it alone checkpoints: Debian's SQLite 3.40.1 can lose pages when two connections do (the
// WAL-reset bug, fixed in 3.51.3, sqlite.org/wal.html#walresetbug).
class WriterConnection : public Connection {
 public:
  // BEGIN IMMEDIATE / COMMIT / ROLLBACK of the whole group. Commit returns only when the data is on
  // disk.
  virtual absl::Status Begin() = 0;
  virtual absl::Status Commit() = 0;
  virtual absl::Status Rollback() = 0;

  // A nested unit inside the group: what happens after Savepoint is undone by RollbackToSavepoint,
  // and kept by ReleaseSavepoint until the group commits. One at a time.
  virtual absl::Status Savepoint() = 0;
  virtual absl::Status ReleaseSavepoint() = 0;
  virtual absl::Status RollbackToSavepoint() = 0;

  // Runs statements of a migration, written with PostgreSQL's type names (BIGINT, BYTEA). Not kept
  // prepared.
  virtual absl::Status Define(const std::string& statement) = 0;

  // False once the engine has ended the transaction by itself, as it does when the disk is full.
  virtual bool InTransaction() const = 0;

  // Moves committed pages from the log into the database, outside of a transaction. Call when idle.
  virtual absl::Status Checkpoint() = 0;
  // Size of the log that a checkpoint would move, in pages of 4 KiB.
  virtual int64_t LogPages() const = 0;
};

struct SqliteOptions {
  // Page cache of the writing connection. More saves reads on a large book.
  int64_t writer_cache_kib = 64 * 1024;
  // Page cache of each reading connection.
  int64_t reader_cache_kib = 8 * 1024;
};

// SQLite in WAL mode with synchronous=FULL: a commit survives power loss.
class SqliteDatabase final : public Database {
 public:
  // Opens or makes the file at `path` (mode 0600) and takes the lock file beside it.
  // Errors: FAILED_PRECONDITION, DATABASE_IN_USE when another process holds it;
  // FAILED_PRECONDITION, NOT_A_DATABASE when the file is something else.
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> Open(const std::string& path,
                                                              const SqliteOptions& options = {});
  ~SqliteDatabase() override;

  // The one writing connection. REQUIRES: none is open. Outlived by the database.
  absl::StatusOr<std::unique_ptr<WriterConnection>> OpenWriter();
  absl::StatusOr<std::unique_ptr<Connection>> OpenReader() override;
  std::string Describe() const override;

 private:
  SqliteDatabase(std::string path, SqliteOptions options, int lock_file);

  const std::string path_;
  const SqliteOptions options_;
  const int lock_file_;
};

}  // namespace switchboard::storage

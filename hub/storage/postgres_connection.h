#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/storage/database.h"
#include "hub/storage/postgres_line.h"
#include "hub/storage/postgres_session.h"
#include "hub/storage/postgres_statistics.h"
#include "hub/storage/write_statement.h"

namespace switchboard::storage {

// One connection to PostgreSQL over libpq, always in pipeline mode: commands whose answers nobody
// waits for travel with the next one. Not thread-safe.
// Connects when it is first used, and again after it was lost. A server that is silent for 5 s is
// waited for until the URL leads to one that took its place: what hangs, or stands still as a
// whole, keeps its connections, and no limit of time tells it from one that waits for its standby.
// Once any connection has met the new one, none asks the old one or believes it.
class PostgresConnection : public WriterConnection {
 public:
  struct Options {
    std::string url;   // "postgresql://hub@db.example/switchboard?sslmode=verify-full"
    std::string name;  // what the server's lists call this connection
    bool read_only = false;
    // Of all connections of the database.
    std::shared_ptr<LatestPrimary> latest = std::make_shared<LatestPrimary>();
  };

  explicit PostgresConnection(Options options) : options_(std::move(options)) {}
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // One that writes waits for the synchronous standby, if the server has one: only then is
  // everything that can be read durable. Errors: UNAVAILABLE when no server that takes writes is
  // reached.
  absl::Status Connect();
  // Whether it ever got through to a server, whatever came of it.
  bool reached() const { return reached_; }

  absl::StatusOr<int64_t> Execute(const char* sql, Parameters parameters) override;
  absl::Status Query(const char* sql, Parameters parameters, Visitor visit) override;
  absl::StatusOr<UnderWay> LookUnderWay() override;
  bool usable() const override { return connection_ != nullptr; }

  absl::Status Begin() override;
  absl::Status Commit() override;
  absl::Status Rollback() override;
  absl::Status Savepoint() override;
  absl::Status ReleaseSavepoint() override;
  absl::Status RollbackToSavepoint() override;
  RowWrites& row_writes() override { return row_writes_; }
  absl::StatusOr<int64_t> NextInOrder() override;
  absl::Status Hold(absl::Span<const Key> keys) override;
  absl::Status DropKeys(absl::Span<const Key> keys) override;
  absl::Status Define(const std::string& statement) override;
  void WatchTables() override { watches_tables_ = true; }
  bool Housekeep(bool idle) override;
  bool InTransaction() const override { return connection_ != nullptr && in_transaction_; }

 private:
  struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Result = std::unique_ptr<PGresult, ClearResult>;
  using Results = std::vector<Result>;
  enum class Waiting { kAllowed, kForbidden };

  // What is sent before one sync, in order; one result comes back for each.
  struct Sent {
    const char* sql;
    bool prepares;  // prepares the statement; otherwise runs it
    bool wanted;    // its result is what the caller asked for
  };

  absl::StatusOr<const WriteStatement*> ReadOnce(const char* sql);
  absl::Status NoteWrites(const WriteStatement& statement, Parameters parameters,
                          const PGresult* result);
  bool Send(const char* sql, Parameters parameters, bool wanted);
  absl::StatusOr<Results> Collect();
  absl::StatusOr<Results> RunOne(const char* sql, Parameters parameters);
  absl::StatusOr<std::vector<std::string>> Lock(const std::vector<std::string>& names, bool shared,
                                                Waiting waiting);
  absl::Status LockAll(const std::vector<Key>& sorted, Waiting waiting);
  void WantAtBegin(std::vector<Key> missing);
  absl::Status InsertKeys(const std::vector<std::string>& names, Waiting waiting);
  absl::Status GetReady();
  absl::Status Lost();
  bool AwaitResult() const;
  bool IsReplaced() const;
  Result Run(const char* commands) const;

  const Options options_;
  PostgresSession connection_;
  PostgresLine line_;  // of the server when it was connected
  bool reached_ = false;
  std::unordered_map<const char*, std::string> statements_;  // name by address of the text
  int64_t statements_made_ = 0;
  std::unordered_map<const char*, WriteStatement> read_;  // of those that were run, by that address
  RowWrites row_writes_;
  size_t unit_begins_ = 0;             // mark of row_writes_
  std::vector<const char*> deferred_;  // to travel with the next command
  std::vector<Sent> sent_;
  bool in_transaction_ = false;  // also when its connection was lost, until it is ended
  bool watches_tables_ = false;
  PostgresStatistics statistics_;
  std::vector<Key> held_;             // in this transaction, sorted
  std::vector<Key> held_by_unit_;     // those of them that came with the present unit
  std::vector<Key> wanted_at_begin_;  // keys of a group that found one taken
};

}  // namespace switchboard::storage

#include "hub/storage/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "hub/base/error.h"
#include "hub/storage/counter.h"
#include "hub/storage/sqlite_copy.h"
#include "hub/storage/sqlite_error.h"
#include "hub/storage/sqlite_lock.h"
#include "hub/storage/sqlite_rows.h"
#include "hub/storage/sqlite_writes.h"
#include "hub/storage/write_statement.h"

namespace switchboard::storage {
namespace {

// Of the writer's cache that each reading connection has.
constexpr int64_t kReaderShare = 8;

constexpr int kBusyTimeoutMs = 5'000;

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  int64_t Integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view Text(int column) const override { return Blob(column); }
  std::string_view Blob(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return bytes == nullptr ? std::string_view()
                            : std::string_view(static_cast<const char*>(bytes), size);
  }

 private:
  sqlite3_stmt* const statement_;
};

class SqliteConnection final : public WriterConnection {
 public:
  enum class Use { kWrite, kRead, kReadAtRest };
  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(const std::string& path, Use use,
                                                                const SqliteOptions& options);
  ~SqliteConnection() override {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(db_);
  }

  absl::StatusOr<int64_t> Execute(const char* sql, Parameters parameters) override {
    if (OverNoRows(parameters)) return 0;
    RETURN_IF_ERROR(Query(sql, parameters, [](const Row&) { return absl::OkStatus(); }));
    return sqlite3_changes64(db_);
  }

  absl::Status Query(const char* sql, Parameters parameters, Visitor visit) override;

  absl::Status Begin() override {
    row_writes_.Clear();
    return Run("BEGIN IMMEDIATE");
  }
  absl::Status Commit() override { return Run("COMMIT"); }
  absl::Status Rollback() override { return Run("ROLLBACK"); }
  absl::Status Savepoint() override {
    unit_begins_ = row_writes_.mark();
    return Run("SAVEPOINT unit");
  }
  absl::Status ReleaseSavepoint() override { return Run("RELEASE unit"); }
  absl::Status RollbackToSavepoint() override {
    RETURN_IF_ERROR(Run("ROLLBACK TO unit"));
    row_writes_.DropTo(unit_begins_);
    return Run("RELEASE unit");
  }

  RowWrites& row_writes() override { return row_writes_; }
  absl::StatusOr<int64_t> NextInOrder() override;

  absl::Status Define(const std::string& statement) override;
  bool InTransaction() const override { return sqlite3_get_autocommit(db_) == 0; }

  // One lane is all there is.
  absl::Status Hold(absl::Span<const Key>) override { return absl::OkStatus(); }
  bool alone() const override { return true; }

  void Forget() override { forget_ = true; }

  bool Housekeep(bool idle) override {
    if (forget_ && idle) {
      forget_ = !EmptyLog();
      return forget_;
    }
    // A reader that still needs old pages, or an error, leaves the rest for the next call.
    if (log_pages_ >= (idle ? options_.log_pages_idle : options_.log_pages_max))
      sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    return false;
  }

 private:
  SqliteConnection(sqlite3* db, const SqliteOptions& options) : db_(db), options_(options) {}

  absl::StatusOr<sqlite3_stmt*> Prepare(const char* sql);
  absl::Status Bind(sqlite3_stmt* statement, Parameters parameters);
  absl::Status Run(const char* sql) { return Execute(sql, {}).status(); }
  absl::Status Pragmas(bool writer);
  bool EmptyLog();

  sqlite3* const db_;
  const SqliteOptions options_;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;  // by address of the text
  // Of them, those whose text does not say what they write.
  std::unordered_set<const char*> odd_;
  int64_t log_pages_ = 0;
  bool forget_ = false;  // the log holds pages with what was deleted
  RowWrites row_writes_;
  size_t unit_begins_ = 0;  // mark of row_writes_
  SqliteWrites writes_{.rows = &row_writes_};
};

// Moves the whole log into the file and cuts it to nothing. False while a reader is in the way:
// nobody waits for it, since the writer would.
bool SqliteConnection::EmptyLog() {
  sqlite3_busy_timeout(db_, 0);
  const int code =
      sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
  if (code == SQLITE_OK) log_pages_ = 0;
  return code == SQLITE_OK;
}

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(
    const std::string& path, Use use, const SqliteOptions& options) {
  sqlite3* db = nullptr;
  const bool at_rest = use == Use::kReadAtRest;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (at_rest ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE) |
                    (use == Use::kWrite ? SQLITE_OPEN_CREATE : 0);
  const std::string name = at_rest ? UriOf(path, CopySource::kAtRest) : path;
  const int code = sqlite3_open_v2(name.c_str(), &db, flags, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(db, options));
  if (code != SQLITE_OK) return SqliteStatus(db, code, "open database");
  RETURN_IF_ERROR(connection->Pragmas(use == Use::kWrite));
  return connection;
}

absl::Status SqliteConnection::Pragmas(bool writer) {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
  std::string pragmas = absl::StrCat(
      "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"
      "PRAGMA cache_size=-",
      writer ? options_.cache_kib : options_.cache_kib / kReaderShare, ";");
  if (writer) {
    absl::StrAppend(&pragmas,
                    "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                    "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864;"
                    "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA application_id=",
                    kSqliteApplicationId, ";");
  } else {
    absl::StrAppend(&pragmas, "PRAGMA query_only=ON;");
  }
  const int code = sqlite3_exec(db_, pragmas.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return SqliteStatus(db_, code, "set up connection");
  RETURN_IF_ERROR(AddRows(db_));
  if (writer) {
    sqlite3_wal_hook(
        db_,
        [](void* self, sqlite3*, const char*, int pages) {
          static_cast<SqliteConnection*>(self)->log_pages_ = pages;
          return SQLITE_OK;
        },
        this);
  }
  if (writer && options_.record_writes) RecordWrites(db_, &writes_);
  return absl::OkStatus();
}

// One lane is all there is, so that whoever writes waits for the last one's commit anyway.
absl::StatusOr<int64_t> SqliteConnection::NextInOrder() {
  return TakeNumber(*this, "commit_order");
}

absl::Status SqliteConnection::Define(const std::string& statement) {
  // STRICT tables know INTEGER and BLOB only, and refuse a value of another type instead of bending
  // it.
  std::string text = absl::StrReplaceAll(statement, {{"BIGINT", "INTEGER"}, {"BYTEA", "BLOB"}});
  if (text.starts_with("CREATE TABLE")) text += " STRICT";
  const int code = sqlite3_exec(db_, text.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : SqliteStatus(db_, code, "define");
}

absl::StatusOr<sqlite3_stmt*> SqliteConnection::Prepare(const char* sql) {
  auto [found, added] = statements_.try_emplace(sql, nullptr);
  if (!added) return found->second;
  const int code =
      sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &found->second, nullptr);
  if (code != SQLITE_OK) {
    absl::Status status = SqliteStatus(db_, code, sql);
    statements_.erase(found);
    return status;
  }
  // The hub has none of these.
  if (options_.record_writes && !ReadWriteStatement(sql).ok()) odd_.insert(sql);
  return found->second;
}

absl::Status SqliteConnection::Bind(sqlite3_stmt* statement, Parameters parameters) {
  // SQLite numbers "$7" by first appearance, PostgreSQL by its digits; domain code writes them in
  // growing order of first appearance, where both agree. The assertion keeps it so.
  SWITCHBOARD_ASSERT(sqlite3_bind_parameter_count(statement) ==
                     static_cast<int>(parameters.size()));
  int index = 0;
  for (const Value& value : parameters) {
    ++index;
    int code = SQLITE_OK;
    switch (value.kind()) {
      case Value::Kind::kNull:
        code = sqlite3_bind_null(statement, index);
        break;
      case Value::Kind::kInteger:
        code = sqlite3_bind_int64(statement, index, value.integer());
        break;
      case Value::Kind::kRows:
        code = BindRows(statement, index, value.rows());
        break;
      case Value::Kind::kText:
        code =
            sqlite3_bind_text64(statement, index, value.bytes().data() ? value.bytes().data() : "",
                                value.bytes().size(), SQLITE_STATIC, SQLITE_UTF8);
        break;
      case Value::Kind::kBlob:
        code =
            sqlite3_bind_blob64(statement, index, value.bytes().data() ? value.bytes().data() : "",
                                value.bytes().size(), SQLITE_STATIC);
        break;
    }
    if (code != SQLITE_OK) return SqliteStatus(db_, code, "bind");
  }
  return absl::OkStatus();
}

absl::Status SqliteConnection::Query(const char* sql, Parameters parameters, Visitor visit) {
  if (OverNoRows(parameters)) return absl::OkStatus();
  ASSIGN_OR_RETURN(sqlite3_stmt * statement, Prepare(sql));
  writes_.keys_may_change = odd_.contains(sql);
  absl::Status status = Bind(statement, parameters);
  const SqliteRow row(statement);
  while (status.ok()) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) break;
    status = code == SQLITE_ROW ? visit(row) : SqliteStatus(db_, code, sql);
  }
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (status.ok() && writes_.failed)
    return absl::InternalError("SQLite does not tell what a statement wrote");
  return status;
}

}  // namespace

SqliteDatabase::SqliteDatabase(std::string path, SqliteOptions options, SqliteLock lock)
    : path_(std::move(path)), options_(options), lock_(std::move(lock)) {}

absl::StatusOr<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path,
                                                                     const SqliteOptions& options) {
  ASSIGN_OR_RETURN(SqliteLock lock, SqliteLock::Take(path));
  // SQLite would go on with a file that it may only read, and fail at the first write.
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    const std::string why = strerror(errno);
    return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_UNREACHABLE",
                 absl::StrCat("cannot open the database for writing: ", why));
  }
  close(file);
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(path, options, std::move(lock)));
  absl::Status usable = database->OpenWriter().status();
  if (usable.code() == absl::StatusCode::kFailedPrecondition) {
    return Error(absl::StatusCode::kFailedPrecondition, "NOT_A_DATABASE",
                 "the file is no SQLite database; name another one");
  }
  RETURN_IF_ERROR(usable);
  return database;
}

absl::StatusOr<std::unique_ptr<WriterConnection>> SqliteDatabase::OpenWriter() {
  ASSIGN_OR_RETURN(std::unique_ptr<WriterConnection> writer,
                   SqliteConnection::Open(path_, SqliteConnection::Use::kWrite, options_));
  return writer;
}

absl::StatusOr<std::unique_ptr<Connection>> SqliteDatabase::OpenReader() {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> reader,
                   SqliteConnection::Open(path_, SqliteConnection::Use::kRead, options_));
  return reader;
}

absl::StatusOr<std::unique_ptr<Connection>> SqliteDatabase::OpenBackup(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> reader,
                   SqliteConnection::Open(path, SqliteConnection::Use::kReadAtRest, options_));
  return reader;
}

absl::Status SqliteDatabase::BackUp(const std::string& path, CopyProgress go_on) {
  return CopySqlite(path_, CopySource::kLive, path, go_on);
}

absl::Status SqliteDatabase::CheckBackup(const std::string& path, CopyProgress go_on) {
  return CheckSqlite(path, go_on);
}

std::string SqliteDatabase::Describe() const {
  return absl::StrCat("sqlite-", sqlite3_libversion());
}

}  // namespace switchboard::storage

#include "hub/storage/sqlite_copy.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "hub/base/error.h"
#include "hub/storage/sqlite_error.h"
#include "hub/storage/sqlite_lock.h"

namespace switchboard::storage {
namespace {

constexpr int kPagesAStep = 256;                  // 1 MiB
constexpr int kInstructionsBetweenLooks = 1'000;  // of a check

struct CloseSqlite {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Sqlite = std::unique_ptr<sqlite3, CloseSqlite>;

absl::Status Unreachable(const char* what) {
  return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_UNREACHABLE",
               absl::StrCat(what, ": ", strerror(errno)));
}

absl::Status NotOurs() {
  return Error(absl::StatusCode::kFailedPrecondition, "NOT_A_DATABASE",
               "the file is no database of a hub; name another one");
}

absl::Status Run(sqlite3* db, const char* sql) {
  const int code = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : SqliteStatus(db, code, sql);
}

// The first column of the first row, as text.
absl::StatusOr<std::string> Ask(sqlite3* db, const char* sql) {
  std::string answer;
  const int code = sqlite3_exec(
      db, sql,
      [](void* to, int, char** values, char**) {
        auto* text = static_cast<std::string*>(to);
        if (text->empty() && values[0] != nullptr) *text = values[0];
        return 0;
      },
      &answer, nullptr);
  if ((code & 0xff) == SQLITE_NOTADB) return NotOurs();
  if (code == SQLITE_INTERRUPT) return absl::CancelledError("ended before the file was read");
  if (code != SQLITE_OK) return SqliteStatus(db, code, sql);
  return answer;
}

absl::StatusOr<Sqlite> OpenToRead(const std::string& path, CopySource source) {
  if (!std::filesystem::exists(path))
    return Error(absl::StatusCode::kNotFound, "FILE_MISSING", "there is no such file");
  sqlite3* db = nullptr;
  // A live database in WAL mode can be read only by who may write to the index of its log.
  const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE |
                    (source == CopySource::kLive ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  const int code = sqlite3_open_v2(UriOf(path, source).c_str(), &db, flags, nullptr);
  Sqlite opened(db);
  if (code != SQLITE_OK) return SqliteStatus(db, code, "open database");
  sqlite3_busy_timeout(db, 5000);
  ASSIGN_OR_RETURN(const std::string id, Ask(db, "PRAGMA application_id"));
  if (id != std::to_string(kSqliteApplicationId)) return NotOurs();
  return opened;
}

// Makes the empty file first, so that its mode is right from the beginning.
absl::StatusOr<Sqlite> OpenToFill(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST)
    return Error(absl::StatusCode::kAlreadyExists, "FILE_EXISTS", "there is such a file already");
  if (file < 0) return Unreachable("cannot make the copy");
  close(file);
  sqlite3* db = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, nullptr);
  Sqlite opened(db);
  if (code != SQLITE_OK) return SqliteStatus(db, code, "open copy");
  // A copy that is not finished is removed, so that it needs no journal; it is synced at the end.
  RETURN_IF_ERROR(Run(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"));
  return opened;
}

absl::Status SyncFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Unreachable("cannot open a file to sync it");
  const absl::Status synced = fsync(file) == 0 ? absl::OkStatus() : Unreachable("cannot sync");
  close(file);
  return synced;
}

absl::Status SyncFolderOf(const std::string& path) {
  return SyncFile(std::filesystem::absolute(path).parent_path().string());
}

absl::Status CopyPages(sqlite3* from, sqlite3* to, CopyProgress go_on) {
  // One reading transaction over all steps: the copy is of one moment, and no commit of the writer
  // makes it begin again.
  RETURN_IF_ERROR(Run(from, "BEGIN; SELECT COUNT(*) FROM sqlite_schema"));
  ASSIGN_OR_RETURN(const std::string page_size, Ask(from, "PRAGMA page_size"));
  const int64_t page_bytes = std::stoll(page_size);
  sqlite3_backup* backup = sqlite3_backup_init(to, "main", from, "main");
  if (backup == nullptr) return SqliteStatus(to, sqlite3_errcode(to), "begin copy");
  int code = SQLITE_OK;
  bool wanted = true;
  while (code == SQLITE_OK && wanted) {
    code = sqlite3_backup_step(backup, kPagesAStep);
    const int64_t pages = sqlite3_backup_pagecount(backup);
    wanted = go_on((pages - sqlite3_backup_remaining(backup)) * page_bytes, pages * page_bytes);
  }
  sqlite3_backup_finish(backup);
  if (code == SQLITE_DONE) return Run(from, "COMMIT");
  if (code == SQLITE_OK) return absl::CancelledError("ended before the copy was whole");
  return SqliteStatus(to, code, "copy pages");
}

}  // namespace

// "immutable" keeps SQLite from making files beside a database at rest.
std::string UriOf(const std::string& path, CopySource source) {
  return absl::StrCat(
      "file:", absl::StrReplaceAll(path, {{"%", "%25"}, {"?", "%3f"}, {"#", "%23"}}),
      source == CopySource::kAtRest ? "?immutable=1" : "");
}

absl::Status CopySqlite(const std::string& from, CopySource source, const std::string& to,
                        CopyProgress go_on) {
  ASSIGN_OR_RETURN(const Sqlite reader, OpenToRead(from, source));
  ASSIGN_OR_RETURN(const Sqlite copy, OpenToFill(to));
  absl::Status status = CopyPages(reader.get(), copy.get(), go_on);
  if (status.ok()) status = SyncFile(to);
  if (status.ok()) status = SyncFolderOf(to);
  if (!status.ok()) std::remove(to.c_str());
  return status;
}

absl::Status CheckSqlite(const std::string& path, CopyProgress go_on) {
  ASSIGN_OR_RETURN(const Sqlite db, OpenToRead(path, CopySource::kAtRest));
  std::error_code unknown;
  const auto bytes = static_cast<int64_t>(std::filesystem::file_size(path, unknown));
  struct Looking {
    CopyProgress go_on;
    int64_t bytes;
  } looking{go_on, bytes};
  sqlite3_progress_handler(
      db.get(), kInstructionsBetweenLooks,
      [](void* self) {
        // SQLite does not say how far it is.
        auto* one = static_cast<Looking*>(self);
        return one->go_on(0, one->bytes) ? 0 : 1;
      },
      &looking);
  ASSIGN_OR_RETURN(const std::string found, Ask(db.get(), "PRAGMA quick_check(1)"));
  return found == "ok" ? absl::OkStatus() : DatabaseDamaged();
}

absl::Status ReplaceSqlite(const std::string& path, const std::string& replacement,
                           const std::string& suffix) {
  ASSIGN_OR_RETURN(const SqliteLock lock, SqliteLock::Take(path));
  if (std::filesystem::exists(replacement + "-wal")) {
    return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_IN_USE",
                 "the restored database was not closed in order");
  }
  // The log first: a database without its log is an older one, a log without its database nothing.
  for (const char* part : {"-wal", "-shm", ""}) {
    const std::string old = path + part;
    if (!std::filesystem::exists(old)) continue;
    if (std::rename(old.c_str(), (path + suffix + part).c_str()) != 0)
      return Unreachable("cannot move the old database away");
  }
  if (std::rename(replacement.c_str(), path.c_str()) != 0)
    return Unreachable("cannot move the restored database into place");
  return SyncFolderOf(path);
}

}  // namespace switchboard::storage

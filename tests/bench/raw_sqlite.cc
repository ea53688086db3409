#include "tests/bench/raw_sqlite.h"

#include <sqlite3.h>
#include <unistd.h>

#include "tests/bench/measure.h"

namespace switchboard::bench {

RawSqlite::RawSqlite(const std::string& path) {
  for (const char* behind : {"", "-wal", "-shm"}) unlink((path + behind).c_str());
  if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) GiveUp("sqlite: " + path);
  Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
      "CREATE TABLE assignment (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, vendor INTEGER NOT "
      "NULL, payload BLOB NOT NULL);"
      "CREATE TABLE outcome (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, vendor INTEGER NOT "
      "NULL, payload BLOB NOT NULL);"
      "CREATE UNIQUE INDEX assignment_id ON assignment (id);"
      "CREATE UNIQUE INDEX outcome_id ON outcome (id);"
      "CREATE TABLE cursor (which INTEGER PRIMARY KEY, sequence INTEGER NOT NULL);"
      "INSERT INTO cursor VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0)");
  insert_assignment_ = Prepare("INSERT INTO assignment (id, vendor, payload) VALUES (?1, ?2, ?3)");
  insert_outcome_ = Prepare("INSERT INTO outcome (id, vendor, payload) VALUES (?1, ?2, ?3)");
  set_cursor_ = Prepare("UPDATE cursor SET sequence = ?1 WHERE which = ?2");
}

RawSqlite::~RawSqlite() {
  for (sqlite3_stmt* statement : {insert_assignment_, insert_outcome_, set_cursor_})
    sqlite3_finalize(statement);
  sqlite3_close(db_);
}

void RawSqlite::Run(const std::string& sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    GiveUp(std::string("sqlite: ") + sqlite3_errmsg(db_));
}

sqlite3_stmt* RawSqlite::Prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
    GiveUp(std::string("sqlite: ") + sqlite3_errmsg(db_));
  return statement;
}

void RawSqlite::Step(sqlite3_stmt* statement) {
  if (sqlite3_step(statement) != SQLITE_DONE) GiveUp(std::string("sqlite: ") + sqlite3_errmsg(db_));
  sqlite3_reset(statement);
}

void RawSqlite::Insert(bool outcome, std::string_view id, int vendor, std::string_view payload) {
  sqlite3_stmt* statement = outcome ? insert_outcome_ : insert_assignment_;
  sqlite3_bind_text64(statement, 1, id.data(), id.size(), SQLITE_STATIC, SQLITE_UTF8);
  sqlite3_bind_int(statement, 2, vendor);
  sqlite3_bind_blob64(statement, 3, payload.data(), payload.size(), SQLITE_STATIC);
  Step(statement);
}

void RawSqlite::SetCursor(int which, int64_t sequence) {
  sqlite3_bind_int64(set_cursor_, 1, sequence);
  sqlite3_bind_int(set_cursor_, 2, which);
  Step(set_cursor_);
}

}  // namespace switchboard::bench

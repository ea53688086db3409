#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace switchboard::bench {

// SQLite with nothing around it: what the hub's storage is measured against. WAL, FULL, 64 MiB of
// cache, on a new file. Ends the program on any error. One thread.
class RawSqlite {
 public:
  explicit RawSqlite(const std::string& path);
  ~RawSqlite();
  RawSqlite(const RawSqlite&) = delete;
  RawSqlite& operator=(const RawSqlite&) = delete;

  void Run(const std::string& sql);

  // The tables "assignment" and "outcome": a unique, growing id, the vendor, a payload.
  void Insert(bool outcome, std::string_view id, int vendor, std::string_view payload);
  // Moves one cursor.
  void SetCursor(int which, int64_t sequence);

 private:
  void Step(sqlite3_stmt* statement);
  sqlite3_stmt* Prepare(const char* sql);

  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_assignment_ = nullptr;
  sqlite3_stmt* insert_outcome_ = nullptr;
  sqlite3_stmt* set_cursor_ = nullptr;
};

}  // namespace switchboard::bench

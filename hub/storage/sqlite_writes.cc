// Debian's library is built with the hook; its header declares it to who asks.
#define SQLITE_ENABLE_PREUPDATE_HOOK 1

#include "hub/storage/sqlite_writes.h"

#include <algorithm>
#include <string_view>

namespace switchboard::storage {
namespace {

// The row that the hook was called for: as it becomes, or as it was.
class HookedRow final : public Row {
 public:
  HookedRow(sqlite3* connection, bool after, bool* failed)
      : connection_(connection), after_(after), failed_(failed) {}

  bool IsNull(int column) const override { return sqlite3_value_type(At(column)) == SQLITE_NULL; }
  int64_t Integer(int column) const override { return sqlite3_value_int64(At(column)); }
  std::string_view Text(int column) const override { return Blob(column); }
  std::string_view Blob(int column) const override {
    sqlite3_value* value = At(column);
    const void* bytes = sqlite3_value_blob(value);
    const int size = sqlite3_value_bytes(value);
    return bytes == nullptr ? std::string_view()
                            : std::string_view(static_cast<const char*>(bytes), size);
  }

 private:
  // Each column is asked for twice in a row.
  sqlite3_value* At(int column) const {
    if (column == column_) return value_;
    column_ = column;
    value_ = nullptr;
    const int code = after_ ? sqlite3_preupdate_new(connection_, column, &value_)
                            : sqlite3_preupdate_old(connection_, column, &value_);
    if (code != SQLITE_OK) {
      *failed_ = true;
      value_ = nullptr;
    }
    return value_;
  }

  sqlite3* const connection_;
  const bool after_;
  bool* const failed_;
  mutable int column_ = -1;
  mutable sqlite3_value* value_ = nullptr;
};

bool KeyStays(const TableFacts& table, const Row& before, const Row& after) {
  return std::all_of(table.key.begin(), table.key.end(), [&](size_t place) {
    const int column = static_cast<int>(place);
    return table.kinds[place] == 'i' ? before.Integer(column) == after.Integer(column)
                                     : before.Blob(column) == after.Blob(column);
  });
}

void OnWrite(void* self, sqlite3* connection, int operation, const char* database,
             const char* table, sqlite3_int64 /*before*/, sqlite3_int64 /*after*/) {
  auto& writes = *static_cast<SqliteWrites*>(self);
  if (std::string_view(database) != "main") return;
  if (writes.last == nullptr || writes.last->name != table) {
    const TableFacts* found = FindTable(table);
    if (found == nullptr) return;
    writes.last = found;
  }
  const bool gone = operation == SQLITE_DELETE;
  if (writes.keys_may_change && operation == SQLITE_UPDATE) {
    const HookedRow before(connection, false, &writes.failed);
    const HookedRow after(connection, true, &writes.failed);
    if (!KeyStays(*writes.last, before, after)) writes.rows->PutGone(*writes.last, before);
  }
  const HookedRow row(connection, !gone, &writes.failed);
  if (gone) {
    writes.rows->PutGone(*writes.last, row);
  } else {
    writes.rows->Put(*writes.last, row);
  }
}

}  // namespace

void RecordWrites(sqlite3* connection, SqliteWrites* writes) {
  sqlite3_preupdate_hook(connection, OnWrite, writes);
}

}  // namespace switchboard::storage

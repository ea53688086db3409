#pragma once

#include <sqlite3.h>

#include "hub/storage/row_writes.h"

namespace switchboard::storage {

// What a connection of SQLite's writes, as it writes it.
struct SqliteWrites {
  RowWrites* rows = nullptr;
  const TableFacts* last = nullptr;  // the table that was written to last
  bool failed = false;               // a row could not be read: what is recorded is not all
  bool keys_may_change = false;      // the statement that runs may change a primary key
};

// Records all rows from now on; `writes` outlives the connection.
void RecordWrites(sqlite3* connection, SqliteWrites* writes);

}  // namespace switchboard::storage

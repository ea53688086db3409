#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace switchboard::storage {

// What the schema says of a table whose rows the audit log vouches for (row_writes.h).
struct TableFacts {
  std::string name;
  std::vector<std::string> columns;  // in the order in which the table has them
  std::vector<char> kinds;           // of each: 'i' BIGINT, 't' TEXT, 'b' BYTEA
  std::vector<size_t> key;           // the primary key's columns, in its order, as places above
  // Rows that a peer can have changed as often as it likes without an event that tells of it:
  // heartbeats, counts. What is done to them may wait for its entry (audit/audit_log.h).
  bool often = false;
};

// All tables, by schema.cc, in its order, and the schema's own version. All but audit_entry, which
// is chained itself. They stay for as long as the process.
absl::Span<const TableFacts> Tables();

// Null: nothing vouches for a table of this name, or there is none.
const TableFacts* FindTable(std::string_view name);

}  // namespace switchboard::storage

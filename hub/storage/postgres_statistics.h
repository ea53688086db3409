#pragma once

#include <chrono>

#include "absl/status/status.h"

namespace switchboard::storage {

class PostgresConnection;

// Keeps what the planner knows of tables that grow. Until a table's first ANALYZE it takes the
// table for small, and statements keep plans that read all of it; autovacuum comes once a minute,
// in which a new book grows a thousandfold. A table is analyzed each time it has doubled, until it
// is large enough for autovacuum. Not thread-safe.
class PostgresStatistics {
 public:
  // REQUIRES: `connection` is in no transaction. Looks once a second at most; true if it wants to
  // be called again. Takes up to 0.3 s for a table of a million rows.
  bool Keep(PostgresConnection& connection);

 private:
  std::chrono::steady_clock::time_point next_;
};

}  // namespace switchboard::storage

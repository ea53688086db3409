#include "hub/storage/postgres_statistics.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/storage/postgres_connection.h"

namespace switchboard::storage {
namespace {

constexpr std::chrono::seconds kPause(1);
// Of a table that was never analyzed, reltuples is -1.
constexpr char kSelectDoubled[] =
    "SELECT quote_ident(pg_class.relname) FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = "
    "relid "
    "WHERE schemaname = current_schema() AND reltuples < 1000000 "
    "AND n_mod_since_analyze > GREATEST(500, reltuples) ORDER BY pg_class.relname";

absl::Status AnalyzeDoubled(PostgresConnection& connection) {
  std::vector<std::string> tables;
  RETURN_IF_ERROR(connection.Query(kSelectDoubled, {}, [&](const Row& row) {
    tables.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  for (const std::string& table : tables)
    RETURN_IF_ERROR(connection.Define(absl::StrCat("ANALYZE (SKIP_LOCKED) ", table)));
  return absl::OkStatus();
}

}  // namespace

bool PostgresStatistics::Keep(PostgresConnection& connection) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return true;
  next_ = now + kPause;
  // Plans get no better without; whatever is wrong, the next group meets as well.
  AnalyzeDoubled(connection).IgnoreError();
  return false;
}

}  // namespace switchboard::storage

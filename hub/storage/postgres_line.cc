#include "hub/storage/postgres_line.h"

#include <poll.h>

#include <chrono>

namespace switchboard::storage {
namespace {

// An error where nothing can be written, and from servers that are not PostgreSQL itself.
constexpr char kSelectLine[] =
    "SELECT system_identifier, pg_walfile_name(pg_current_wal_lsn()) FROM pg_control_system()";
constexpr size_t kTimelineDigits = 8;
constexpr auto kAnswerMax = std::chrono::seconds(5);

}  // namespace

PostgresLine LineOf(PGconn* session) {
  PostgresLine line;
  if (PQsendQuery(session, kSelectLine) != 1) return line;
  const auto deadline = std::chrono::steady_clock::now() + kAnswerMax;
  while (PQisBusy(session) == 1) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd readable = {PQsocket(session), POLLIN, 0};
    if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) == 0) return line;
    if (PQconsumeInput(session) != 1) return line;
  }
  // The last one, of nothing, is there at once: it came with the answer.
  while (PGresult* const result = PQgetResult(session)) {
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
      line = {PQgetvalue(result, 0, 0),
              std::string(PQgetvalue(result, 0, 1)).substr(0, kTimelineDigits)};
    PQclear(result);
  }
  return line;
}

void LatestPrimary::Meet(const PostgresLine& line) {
  MutexLock lock(mutex_);
  if (!line.timeline.empty() && !line.IsReplacedBy(latest_)) latest_ = line;
}

bool LatestPrimary::HasReplaced(const PostgresLine& line) const {
  MutexLock lock(mutex_);
  return line.IsReplacedBy(latest_);
}

}  // namespace switchboard::storage

#include "hub/storage/postgres_session.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace switchboard::storage {
namespace {

constexpr char kSelectTimeline[] =
    "SELECT CASE WHEN pg_is_in_recovery() THEN '' "
    "ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END";
constexpr auto kAnswerMax = std::chrono::seconds(5);

}  // namespace

absl::StatusOr<PostgresSession> OpenPostgresSession(const std::string& url,
                                                    const std::string& name) {
  // What the server's host does not even acknowledge gives the connection up after
  // tcp_user_timeout; where nothing is under way, or an answer is waited for, probes do. Left to
  // the system's standards both take a quarter of an hour.
  const std::pair<const char*, const char*> options[] = {
      {"connect_timeout", "5"},  {"application_name", name.c_str()},
      {"keepalives_idle", "5"},  {"keepalives_interval", "3"},
      {"keepalives_count", "3"}, {"tcp_user_timeout", "10000"},
      {"dbname", url.c_str()},   {nullptr, nullptr}};
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : options) {
    keys.push_back(key);
    values.push_back(value);
  }
  PostgresSession session(PQconnectdbParams(keys.data(), values.data(), /*expand_dbname=*/1));
  if (PQstatus(session.get()) != CONNECTION_OK) {
    std::string why = PQerrorMessage(session.get());
    std::replace(why.begin(), why.end(), '\n', ' ');
    return absl::UnavailableError(
        absl::StrCat("cannot connect to the database: ", absl::StripAsciiWhitespace(why)));
  }
  PQsetNoticeProcessor(
      session.get(), [](void*, const char*) {}, nullptr);
  return session;
}

std::string PrimaryTimeline(PGconn* session) {
  if (PQsendQuery(session, kSelectTimeline) != 1) return "";
  const auto deadline = std::chrono::steady_clock::now() + kAnswerMax;
  while (PQisBusy(session) == 1) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd readable = {PQsocket(session), POLLIN, 0};
    if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) == 0) return "";
    if (PQconsumeInput(session) != 1) return "";
  }
  std::string timeline;
  // The last one, of nothing, is there at once: it came with the answer.
  while (PGresult* const result = PQgetResult(session)) {
    if (PQresultStatus(result) == PGRES_TUPLES_OK) timeline = PQgetvalue(result, 0, 0);
    PQclear(result);
  }
  return timeline;
}

}  // namespace switchboard::storage

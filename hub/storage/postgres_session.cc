#include "hub/storage/postgres_session.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace switchboard::storage {

absl::StatusOr<PostgresSession> OpenPostgresSession(const std::string& url,
                                                    const std::string& name) {
  // What the server's host does not even acknowledge gives the connection up after
  // tcp_user_timeout; where nothing is under way, or an answer is waited for, probes do. Left to
  // the system's standards both take a quarter of an hour.
  const std::array<const char*, 8> keys = {
      "connect_timeout",  "application_name", "keepalives_idle", "keepalives_interval",
      "keepalives_count", "tcp_user_timeout", "dbname",          nullptr};
  const std::array<const char*, 8> values = {"5", name.c_str(), "5",         "3",
                                             "3", "10000",      url.c_str(), nullptr};
  PostgresSession session(PQconnectdbParams(keys.data(), values.data(), /*expand_dbname=*/1));
  if (PQstatus(session.get()) != CONNECTION_OK) {
    std::string why = PQerrorMessage(session.get());
    std::replace(why.begin(), why.end(), '\n', ' ');
    return absl::UnavailableError(absl::StrCat("cannot connect to the database: ", why));
  }
  PQsetNoticeProcessor(
      session.get(), [](void*, const char*) {}, nullptr);
  return session;
}

}  // namespace switchboard::storage

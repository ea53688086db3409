#include "hub/storage/postgres_session.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace switchboard::storage {

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

}  // namespace switchboard::storage

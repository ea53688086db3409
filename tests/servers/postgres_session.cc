#include "tests/servers/postgres_session.h"

#include <libpq-fe.h>

#include "absl/strings/ascii.h"
#include "hub/base/error.h"

namespace switchboard::servers {
namespace {

struct Clearer {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clearer>;

std::string MessageOf(PGconn* connection) {
  return std::string(absl::StripAsciiWhitespace(PQerrorMessage(connection)));
}

}  // namespace

void PostgresSession::Closer::operator()(pg_conn* connection) const { PQfinish(connection); }

absl::StatusOr<PostgresSession> PostgresSession::Open(const std::string& uri) {
  std::unique_ptr<pg_conn, Closer> connection(PQconnectdb(uri.c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    return Error(absl::StatusCode::kUnavailable, "CONNECTION_FAILED", MessageOf(connection.get()));
  }
  // Notices would go to stderr.
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  return PostgresSession(std::move(connection));
}

absl::StatusOr<std::vector<PostgresSession::Row>> PostgresSession::Run(
    const std::string& sql, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  PGconn* const connection = connection_.get();
  const Result result(PQexecParams(connection, sql.c_str(), static_cast<int>(values.size()),
                                   nullptr, values.data(), nullptr, nullptr, 0));
  if (PQstatus(connection) != CONNECTION_OK) {
    return Error(absl::StatusCode::kUnavailable, "CONNECTION_LOST", MessageOf(connection));
  }
  const ExecStatusType outcome = PQresultStatus(result.get());
  if (outcome != PGRES_COMMAND_OK && outcome != PGRES_TUPLES_OK) {
    const char* const state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    return Error(absl::StatusCode::kInternal, "STATEMENT_FAILED", MessageOf(connection),
                 {{"sqlstate", state == nullptr ? "" : state}});
  }
  std::vector<Row> rows(static_cast<size_t>(PQntuples(result.get())));
  for (size_t row = 0; row < rows.size(); ++row) {
    for (int column = 0; column < PQnfields(result.get()); ++column)
      rows[row].push_back(PQgetvalue(result.get(), static_cast<int>(row), column));
  }
  return rows;
}

absl::StatusOr<std::string> PostgresSession::Value(const std::string& sql,
                                                   const std::vector<std::string>& parameters) {
  ASSIGN_OR_RETURN(std::vector<Row> rows, Run(sql, parameters));
  return rows.empty() || rows[0].empty() ? "" : std::move(rows[0][0]);
}

std::string PostgresSession::Quoted(const std::string& name) const {
  char* const quoted = PQescapeIdentifier(connection_.get(), name.data(), name.size());
  std::string result = quoted == nullptr ? "" : quoted;
  PQfreemem(quoted);
  return result;
}

}  // namespace switchboard::servers

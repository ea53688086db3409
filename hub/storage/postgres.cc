#include "hub/storage/postgres.h"

#include <libpq-fe.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/storage/postgres_bulletin.h"
#include "hub/storage/postgres_connection.h"
#include "hub/storage/postgres_line.h"
#include "hub/storage/postgres_session.h"

namespace switchboard::storage {
namespace {

// A server keeps 64 nested transactions of a session at hand; with more, everybody's reads slow
// down (src/backend/access/transam/README, "subtransaction cache").
constexpr size_t kGroupMax = 60;

constexpr char kSelectServer[] =
    "SELECT current_setting('server_version'), current_setting('server_version_num'), "
    "current_setting('server_encoding')";
constexpr char kCreateKeys[] =
    "CREATE TABLE IF NOT EXISTS held_key (name TEXT NOT NULL PRIMARY KEY)";
constexpr int kOldestServer = 130'000;

// Where the URL comes from.
constexpr char kField[] = "storage.postgres_url";

// The process of the server that answers a session now; 0 when none does, or when it has none.
int ServerProcess(PGconn* session) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexec(session, "SELECT pg_backend_pid()"), &PQclear);
  int process = 0;
  const bool answered = PQresultStatus(result.get()) == PGRES_TUPLES_OK &&
                        absl::SimpleAtoi(PQgetvalue(result.get(), 0, 0), &process);
  return answered && process > 0 ? process : 0;
}

// A pooler in transaction mode lays two sessions on one of the server's, one after the other: what
// belongs to a session (prepared statements, what it listens to, its settings) would be anybody's.
absl::Status CheckSessionsAreApart(const PostgresOptions& options) {
  const std::string name = "switchboard " + options.hub_id + " start";
  ASSIGN_OR_RETURN(const auto one, OpenPostgresSession(options.url, name));
  ASSIGN_OR_RETURN(const auto other, OpenPostgresSession(options.url, name));
  const int process = ServerProcess(one.get());
  if (process == 0 || process != ServerProcess(other.get())) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "POOLER_SHARES_SESSIONS",
               absl::StrCat(kField,
                            " leads to a pooler that shares sessions (transaction or statement "
                            "mode); give the hub one in session mode (PgBouncer: pool_mode = "
                            "session), or the servers themselves"),
               {{"field", kField}});
}

}  // namespace

// libpq's own text on it would repeat the URL, with the password that may be in it.
absl::Status PostgresDatabase::CheckUrl(const std::string& url) {
  char* problem = nullptr;
  PQconninfoOption* options = PQconninfoParse(url.c_str(), &problem);
  PQfreemem(problem);
  PQconninfoFree(options);
  if (options != nullptr) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "DATABASE_URL_INVALID",
               absl::StrCat(kField,
                            " is no connection URI of libpq; write it as "
                            "postgresql://user@host/database?name=value&…, with %XX for what is "
                            "none of letters, digits and -._~"),
               {{"field", kField}});
}

PostgresDatabase::PostgresDatabase(PostgresOptions options)
    : options_(std::move(options)), latest_(std::make_shared<LatestPrimary>()) {}

absl::StatusOr<std::unique_ptr<PostgresDatabase>> PostgresDatabase::Open(
    const PostgresOptions& options) {
  RETURN_IF_ERROR(CheckUrl(options.url));
  std::unique_ptr<PostgresDatabase> database(new PostgresDatabase(options));
  // Whether there is a server at all, the connection behind says better.
  const absl::Status apart = CheckSessionsAreApart(options);
  if (ErrorReason(apart) == "POOLER_SHARES_SESSIONS") return apart;
  PostgresConnection connection(
      {.url = options.url, .name = "switchboard " + options.hub_id, .latest = database->latest_});
  absl::Status status = connection.Connect();
  // Lost on the way: it is there, and who waits finds it again.
  if (!status.ok() && connection.reached()) return status;
  if (!status.ok())
    return Error(
        absl::StatusCode::kUnavailable, "DATABASE_UNREACHABLE",
        absl::StrCat(status.message(), "; how to get there, and over which TLS, says ", kField),
        {{"field", kField}});
  std::string version, number, encoding;
  RETURN_IF_ERROR(connection.Query(kSelectServer, {}, [&](const Row& row) {
    version = row.Text(0);
    number = row.Text(1);
    encoding = row.Text(2);
    return absl::OkStatus();
  }));
  int server = 0;
  if (!absl::SimpleAtoi(number, &server) || server < kOldestServer || encoding != "UTF8") {
    return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_INVALID",
                 absl::StrCat("the database must be PostgreSQL 13 or newer in UTF-8; this is ",
                              version, " in ", encoding));
  }
  database->description_ = absl::StrCat("postgresql-", version.substr(0, version.find(' ')));
  // Two hubs that make it at once: one of them fails and finds it there.
  status = connection.Define(kCreateKeys);
  if (!status.ok()) status = connection.Define(kCreateKeys);
  RETURN_IF_ERROR(status);
  return database;
}

size_t PostgresDatabase::group_max() const { return kGroupMax; }

absl::StatusOr<std::unique_ptr<Connection>> PostgresDatabase::OpenReader() {
  auto connection = std::make_unique<PostgresConnection>(
      PostgresConnection::Options{.url = options_.url,
                                  .name = "switchboard " + options_.hub_id + " reader",
                                  .read_only = true,
                                  .latest = latest_});
  RETURN_IF_ERROR(connection->Connect());
  return connection;
}

// Connects when it is first used, as it does whenever its connection was lost.
absl::StatusOr<std::unique_ptr<WriterConnection>> PostgresDatabase::OpenWriter() {
  return std::make_unique<PostgresConnection>(
      PostgresConnection::Options{.url = options_.url,
                                  .name = "switchboard " + options_.hub_id + " writer",
                                  .latest = latest_});
}

absl::Status PostgresDatabase::CanBackUp() const {
  return Error(absl::StatusCode::kFailedPrecondition, "BACKUP_ELSEWHERE",
               "the database is PostgreSQL's: back it up with pg_basebackup or pg_dump");
}

std::unique_ptr<Bulletin> PostgresDatabase::OpenBulletin(
    std::function<void(const std::string&)> hear) {
  return std::make_unique<PostgresBulletin>(options_.url, options_.hub_id, std::move(hear));
}

}  // namespace switchboard::storage

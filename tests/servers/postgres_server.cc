#include "tests/servers/postgres_server.h"

#include <libpq-fe.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "hub/base/clock.h"
#include "hub/base/error.h"
#include "hub/base/ids.h"
#include "hub/identity/development_authority.h"
#include "tests/servers/postgres_programs.h"
#include "tests/servers/postgres_session.h"

namespace switchboard::servers {
namespace {

constexpr char kUser[] = "hub";
constexpr char kLog[] = "postgres.log";
constexpr char kLongestSocket[] = ".s.PGSQL.65535";
constexpr auto kStartMax = std::chrono::minutes(3);
constexpr int kStopMilliseconds = 180'000;
constexpr int kTryMilliseconds = 5;

// For a part of a URI.
std::string Encoded(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' ||
        c == '/') {
      result.push_back(c);
    } else {
      absl::StrAppend(&result, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return result;
}

// A value of postgresql.conf.
std::string Quoted(const std::string& value) {
  return absl::StrCat("'", absl::StrJoin(absl::StrSplit(value, '\''), "''"), "'");
}

std::string NewPassword() {
  SystemClock clock;
  return IdMint(clock).Next();
}

}  // namespace

absl::Status PostgresServer::Available() { return FindPostgresPrograms().status(); }

PostgresServer::PostgresServer(PostgresOptions options, std::string programs, ServerFolder folder,
                               ReservedPort port)
    : options_(std::move(options)),
      programs_(std::move(programs)),
      folder_(std::move(folder)),
      port_(std::move(port)) {}

PostgresServer::~PostgresServer() { Kill(); }

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::Prepare(PostgresOptions options) {
  ASSIGN_OR_RETURN(std::string programs, FindPostgresPrograms());
  ASSIGN_OR_RETURN(ServerFolder folder, ServerFolder::Make(options.parent_folder, "postgres"));
  if ((folder / kLongestSocket).size() >= sizeof(sockaddr_un::sun_path)) {
    return Error(absl::StatusCode::kInvalidArgument, "FOLDER_PATH_TOO_LONG",
                 absl::StrCat(folder.path(),
                              ": too long a path for the server's socket, which may "
                              "have ",
                              sizeof(sockaddr_un::sun_path) - 1,
                              " bytes; use a folder of "
                              "a shorter one"));
  }
  ASSIGN_OR_RETURN(ReservedPort port, ReservedPort::Take());
  return std::unique_ptr<PostgresServer>(new PostgresServer(std::move(options), std::move(programs),
                                                            std::move(folder), std::move(port)));
}

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::Create(PostgresOptions options) {
  ASSIGN_OR_RETURN(std::unique_ptr<PostgresServer> server, Prepare(std::move(options)));
  server->password_ = NewPassword();
  if (server->options_.tls) RETURN_IF_ERROR(server->MakeCertificate());
  RETURN_IF_ERROR(server->MakeData());
  RETURN_IF_ERROR(server->Start());
  return server;
}

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::CreateStandby(
    const PostgresServer& primary, const std::string& name) {
  PostgresOptions options = primary.options_;
  options.name = name;
  ASSIGN_OR_RETURN(std::unique_ptr<PostgresServer> standby, Prepare(std::move(options)));
  standby->password_ = primary.password_;
  standby->tls_folder_ = primary.tls_folder_;
  RETURN_IF_ERROR(
      standby->folder_.Run({standby->Program("pg_basebackup"), "-D", standby->data_folder(), "-d",
                            primary.Uri(), "-X", "stream", "--checkpoint=fast", "--no-sync"}));
  RETURN_IF_ERROR(standby->folder_.Write("data/standby.signal", ""));
  standby->primary_conninfo_ = primary.Uri();
  RETURN_IF_ERROR(standby->Start());
  return standby;
}

absl::Status PostgresServer::MakeData() {
  RETURN_IF_ERROR(folder_.Write("password", password_));
  // Checksums (-k): without them a former primary cannot be rewound.
  RETURN_IF_ERROR(folder_.Run({Program("initdb"), "-k", "-D", data_folder(), "-U", kUser,
                               "--pwfile", folder_ / "password", "--auth=scram-sha-256",
                               "--encoding=UTF8", "--locale=C", "--no-sync"}));
  RETURN_IF_ERROR(folder_.Write("data/postgresql.conf", Settings()));
  return folder_.Write(
      "data/pg_hba.conf",
      absl::StrCat("local all all trust\nlocal replication all trust\n",
                   options_.tls ? "hostssl" : "host", " all all 127.0.0.1/32 scram-sha-256\n"));
}

// What two servers that are copies of one another share; the rest is on the command line.
std::string PostgresServer::Settings() const {
  std::string text = "# Written by the tests.\n";
  const auto set = [&](const std::string& name, const std::string& value) {
    absl::StrAppend(&text, name, " = ", Quoted(value), "\n");
  };
  set("fsync", options_.fsync ? "on" : "off");
  set("shared_buffers", absl::StrCat(options_.shared_buffers_mb, "MB"));
  set("max_connections", absl::StrCat(options_.max_connections));
  set("synchronous_standby_names", options_.synchronous_standby_names);
  // Files of the data folder: what is killed leaves nothing in /dev/shm.
  set("dynamic_shared_memory_type", "mmap");
  // For a standby that was away, without a slot that could fill the disk.
  set("wal_keep_size", "1GB");
  // By default a standby whose primary is gone may sleep for 5 s before it sees that it was
  // promoted.
  set("wal_retrieve_retry_interval", "50ms");
  for (const auto& [name, value] : options_.settings) set(name, value);
  return text;
}

absl::Status PostgresServer::MakeCertificate() {
  SystemClock clock;
  const absl::Time now = clock.Now();
  const absl::Time end = now + absl::Hours(24);
  ASSIGN_OR_RETURN(const auto authority,
                   identity::DevelopmentAuthority::Create(now - absl::Hours(1), end));
  identity::LeafRequest request;
  request.common_name = "PostgreSQL of a test";
  request.hosts = {"localhost", "127.0.0.1"};
  request.server = true;
  request.not_before = now - absl::Hours(1);
  request.not_after = end;
  ASSIGN_OR_RETURN(const identity::IssuedCertificate leaf, authority.Issue(request));
  tls_folder_ = folder_.path();
  RETURN_IF_ERROR(folder_.Write("ca.crt", authority.certificate_pem()));
  RETURN_IF_ERROR(folder_.Write("tls.crt", leaf.certificate_pem));
  return folder_.Write("tls.key", leaf.key_pem);
}

std::string PostgresServer::Uri(const std::string& database, Way way) const {
  return Uri({this}, database, way);
}

std::string PostgresServer::Uri(const std::vector<const PostgresServer*>& servers,
                                const std::string& database, Way way) {
  const PostgresServer& first = *servers[0];
  std::vector<std::string> parameters;
  const auto list = [&](const std::string& name,
                        const std::function<std::string(const PostgresServer&)>& value) {
    std::vector<std::string> values;
    for (const PostgresServer* server : servers) values.push_back(value(*server));
    parameters.push_back(absl::StrCat(name, "=", absl::StrJoin(values, ",")));
  };
  std::string authority = kUser;
  if (way == Way::kSocket) {
    list("host", [](const PostgresServer& server) { return Encoded(server.folder_.path()); });
  } else {
    absl::StrAppend(&authority, ":", first.password_);
    list("host", [](const PostgresServer&) { return "localhost"; });
    list("hostaddr", [](const PostgresServer&) { return "127.0.0.1"; });
  }
  list("port", [](const PostgresServer& server) { return absl::StrCat(server.port_.number()); });
  if (way == Way::kTcp && first.options_.tls) {
    parameters.push_back("sslmode=verify-full");
    parameters.push_back("sslrootcert=" + Encoded(first.tls_folder_) + "/ca.crt");
  }
  if (servers.size() > 1) parameters.push_back("target_session_attrs=read-write");
  return absl::StrCat("postgresql://", authority, "@/", Encoded(database), "?",
                      absl::StrJoin(parameters, "&"));
}

absl::StatusOr<std::string> PostgresServer::CreateDatabase(const std::string& name, Way way,
                                                           const std::string& template_database) {
  ASSIGN_OR_RETURN(PostgresSession session, PostgresSession::Open(Uri()));
  RETURN_IF_ERROR(session
                      .Run(absl::StrCat("CREATE DATABASE ", session.Quoted(name), " TEMPLATE ",
                                        session.Quoted(template_database)))
                      .status());
  return Uri(name, way);
}

absl::Status PostgresServer::DropDatabase(const std::string& name) {
  ASSIGN_OR_RETURN(PostgresSession session, PostgresSession::Open(Uri()));
  return session
      .Run(absl::StrCat("DROP DATABASE IF EXISTS ", session.Quoted(name), " WITH (FORCE)"))
      .status();
}

absl::Status PostgresServer::Start() {
  if (Running()) return absl::OkStatus();
  std::vector<std::string> command = {Program("postgres"), "-D", data_folder()};
  const auto set = [&](const std::string& name, const std::string& value) {
    command.insert(command.end(), {"-c", absl::StrCat(name, "=", value)});
  };
  set("listen_addresses", "127.0.0.1");
  set("port", absl::StrCat(port_.number()));
  set("unix_socket_directories", folder_.path());
  set("cluster_name", options_.name);
  if (options_.tls) {
    set("ssl", "on");
    set("ssl_cert_file", tls_folder_ + "/tls.crt");
    set("ssl_key_file", tls_folder_ + "/tls.key");
  }
  if (!primary_conninfo_.empty()) set("primary_conninfo", primary_conninfo_);
  // On SIGQUIT the server takes its children with it and frees its shared memory.
  ASSIGN_OR_RETURN(process_, folder_.Start(command, kLog, SIGQUIT));
  const auto deadline = std::chrono::steady_clock::now() + kStartMax;
  while (PQping(Uri().c_str()) != PQPING_OK) {
    const bool ended = process_->EndsWithin(kTryMilliseconds);
    if (!ended && std::chrono::steady_clock::now() < deadline) continue;
    Kill();
    return Error(ended ? absl::StatusCode::kInternal : absl::StatusCode::kDeadlineExceeded,
                 "SERVER_NOT_STARTED",
                 absl::StrCat("PostgreSQL: ", process_->exit_text(), ": ", folder_.EndOf(kLog)));
  }
  return absl::OkStatus();
}

void PostgresServer::Kill() {
  if (!Running()) return;
  process_->KillWithChildren();
  FreeSharedMemory(data_folder());
}

absl::Status PostgresServer::Stop() {
  if (!Running() || process_->Stop(kStopMilliseconds, SIGINT)) return absl::OkStatus();
  FreeSharedMemory(data_folder());
  return Error(absl::StatusCode::kInternal, "SERVER_NOT_STOPPED",
               absl::StrCat("PostgreSQL: ", process_->exit_text(), ": ", folder_.EndOf(kLog)));
}

absl::Status PostgresServer::Promote() {
  ASSIGN_OR_RETURN(PostgresSession session, PostgresSession::Open(Uri()));
  // Its own standby is not there yet: commits would wait for ever.
  RETURN_IF_ERROR(session.Run("ALTER SYSTEM SET synchronous_standby_names = ''").status());
  RETURN_IF_ERROR(session.Run("SELECT pg_reload_conf()").status());
  const absl::StatusOr<std::string> promoted =
      session.Value("SELECT pg_promote(wait_seconds => 180)");
  RETURN_IF_ERROR(promoted.status());
  if (*promoted != "t") {
    return Error(absl::StatusCode::kInternal, "SERVER_NOT_PROMOTED",
                 absl::StrCat("PostgreSQL: still a standby: ", folder_.EndOf(kLog)));
  }
  primary_conninfo_.clear();
  return absl::OkStatus();
}

absl::Status PostgresServer::Follow(const PostgresServer& primary) {
  {
    ASSIGN_OR_RETURN(PostgresSession session, PostgresSession::Open(primary.Uri()));
    // pg_rewind reads the primary's timeline from a file that the next checkpoint writes. Without
    // it, it says "no rewind required" and this server lacks rows for ever.
    RETURN_IF_ERROR(session.Run("CHECKPOINT").status());
  }
  // Recovers this server's own log first, without accepting connections.
  RETURN_IF_ERROR(folder_.Run(
      {Program("pg_rewind"), "-D", data_folder(), "--source-server", primary.Uri(), "--no-sync"}));
  RETURN_IF_ERROR(folder_.Write("data/standby.signal", ""));
  primary_conninfo_ = primary.Uri();
  return Start();
}

}  // namespace switchboard::servers

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/servers/child_process.h"
#include "tests/servers/reserved_port.h"
#include "tests/servers/server_folder.h"

namespace switchboard::servers {

struct PostgresOptions {
  std::string name = "postgres";  // cluster_name; a primary knows its standby by it
  std::string parent_folder;      // made below it; empty: the system's temporary folder
  // Off for plain tests: nothing waits for the disk. What was committed survives Kill either way,
  // because the system's page cache does; benchmarks, and claims about power loss, need it on.
  bool fsync = false;
  int shared_buffers_mb = 32;
  int max_connections = 100;
  std::string synchronous_standby_names;
  // TCP connections need TLS, with a certificate of an authority made for this server.
  bool tls = false;
  // More lines of postgresql.conf, name and value.
  std::vector<std::pair<std::string, std::string>> settings;
};

// How a client gets to the server.
enum class Way {
  kSocket,  // unix socket in the server's folder; no password, because nobody else can enter it
  kTcp,     // 127.0.0.1, with a password drawn for this server; with TLS: sslmode=verify-full
};

// A real PostgreSQL server on data of its own in a temporary folder, which disappears with the
// object. Uses the newest version installed. Its superuser "hub" owns everything. The server ends
// with the object, and when the thread that started it ends or the whole process dies; only in the
// latter case does its folder stay. Port and socket stay the same over Kill, Stop and Start, so
// that URIs do.
//
// Cheap use: one server per test program and a fresh database per test (postgres_fixture.h). On two
// idle cores Create takes 0.7 s, CreateDatabase 40 ms, Start after Kill 50 ms.
//
// Thread-compatible, see ChildProcess. URIs may be used by any thread or process of the user.
class PostgresServer {
 public:
  // Whether the programs are there. Errors: NOT_FOUND, PACKAGE_MISSING, naming Debian's package.
  static absl::Status Available();

  // Makes the data (initdb) and starts. Errors: as Available, ServerFolder, ReservedPort and Start;
  // INVALID_ARGUMENT, FOLDER_PATH_TOO_LONG: its socket's path would be too long.
  static absl::StatusOr<std::unique_ptr<PostgresServer>> Create(PostgresOptions options = {});

  // Copies the data of `primary`, which runs and outlives this, and follows it. `name` becomes
  // cluster_name; everything else is as with the primary. Errors: as Create.
  static absl::StatusOr<std::unique_ptr<PostgresServer>> CreateStandby(
      const PostgresServer& primary, const std::string& name);

  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // "postgresql://hub@…/<database>?…"
  std::string Uri(const std::string& database = "postgres", Way way = Way::kSocket) const;

  // One URI for several servers, of which clients find the one that can be written. All have the
  // password of the first.
  static std::string Uri(const std::vector<const PostgresServer*>& servers,
                         const std::string& database, Way way);

  // A new database like `template_database`, to which nobody may be connected; the URI of its way.
  // Errors: as PostgresSession.
  absl::StatusOr<std::string> CreateDatabase(const std::string& name, Way way = Way::kSocket,
                                             const std::string& template_database = "template1");

  // Gone if it is there, whoever is connected to it. Errors: as PostgresSession.
  absl::Status DropDatabase(const std::string& name);

  // Starts the server again, if it does not run: after Kill it recovers from its log. Returns when
  // it accepts connections. Errors: INTERNAL, SERVER_NOT_STARTED with the end of its log;
  // DEADLINE_EXCEEDED, SERVER_NOT_STARTED after three minutes.
  absl::Status Start();

  // SIGKILL to the whole server at one moment. When it returns, nothing of it is left but files.
  void Kill();

  // Ends sessions, writes everything down, ends. Errors: INTERNAL, SERVER_NOT_STOPPED when it did
  // not end well in three minutes; it is killed then.
  absl::Status Stop();

  bool Running() { return process_.has_value() && process_->Running(); }
  // See ChildProcess. REQUIRES: it was started.
  absl::Status Ended() const { return process_->Ended("PostgreSQL " + options_.name); }
  pid_t pid() const { return process_.has_value() ? process_->pid() : -1; }

  // The standby becomes a primary; returns when it can be written. Errors: as
  // PostgresSession; INTERNAL, SERVER_NOT_PROMOTED.
  absl::Status Promote();

  // Takes this server, which does not run, back as a standby of `primary`: undoes what it wrote
  // that the primary has not (pg_rewind), and follows. Errors: as Create.
  absl::Status Follow(const PostgresServer& primary);

  const std::string& name() const { return options_.name; }
  const std::string& socket_folder() const { return folder_.path(); }
  int port() const { return port_.number(); }
  std::string log_file() const { return folder_ / "postgres.log"; }
  std::string data_folder() const { return folder_ / "data"; }

 private:
  PostgresServer(PostgresOptions options, std::string programs, ServerFolder folder,
                 ReservedPort port);

  static absl::StatusOr<std::unique_ptr<PostgresServer>> Prepare(PostgresOptions options);
  absl::Status MakeData();
  absl::Status MakeCertificate();
  std::string Settings() const;
  std::string Program(const std::string& name) const { return programs_ + "/" + name; }

  const PostgresOptions options_;
  const std::string programs_;  // folder
  const ServerFolder folder_;
  const ReservedPort port_;
  std::string password_;
  std::string tls_folder_;        // of this server or of the one it was copied from
  std::string primary_conninfo_;  // whom it follows; empty: nobody
  std::optional<ChildProcess> process_;
};

}  // namespace switchboard::servers

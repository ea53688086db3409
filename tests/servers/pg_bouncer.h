#pragma once

#include <csignal>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "tests/servers/child_process.h"
#include "tests/servers/postgres_server.h"
#include "tests/servers/reserved_port.h"
#include "tests/servers/server_folder.h"

namespace switchboard::servers {

// A real PgBouncer before a PostgreSQL server, on a free port of 127.0.0.1 and in a temporary
// folder. Ends as PostgresServer does. Thread-compatible, see ChildProcess.
class PgBouncer {
 public:
  // Whether the program is there. Errors: NOT_FOUND, PACKAGE_MISSING, naming Debian's package.
  static absl::Status Available();

  // `mode`: "session" or "transaction". `server` runs and outlives this. Returns when it forwards.
  // Errors: as Available, ServerFolder and ReservedPort; INTERNAL, SERVER_NOT_STARTED with the end
  // of its log.
  static absl::StatusOr<std::unique_ptr<PgBouncer>> Create(const PostgresServer& server,
                                                           const std::string& mode);
  // The same before any server that takes "hub" without a password at its socket.
  static absl::StatusOr<std::unique_ptr<PgBouncer>> Create(const std::string& socket_folder,
                                                           int server_port,
                                                           const std::string& mode);

  PgBouncer(const PgBouncer&) = delete;
  PgBouncer& operator=(const PgBouncer&) = delete;

  // "postgresql://hub@…/<database>", of a database of the server.
  std::string Uri(const std::string& database) const;
  const ReservedPort& port() const { return port_; }

  // SIGKILL.
  void Kill() { process_->Kill(); }
  // Again, after Kill; does not wait until it forwards. Errors: as ServerFolder::Start.
  absl::Status Start();
  // SIGSTOP and SIGCONT. REQUIRES: it runs.
  void Freeze() { kill(process_->pid(), SIGSTOP); }
  void Thaw() { kill(process_->pid(), SIGCONT); }

 private:
  PgBouncer(ServerFolder folder, ReservedPort port)
      : folder_(std::move(folder)), port_(std::move(port)) {}
  absl::Status AwaitForwarding();

  const ServerFolder folder_;
  const ReservedPort port_;
  std::optional<ChildProcess> process_;  // there after Create
};

}  // namespace switchboard::servers

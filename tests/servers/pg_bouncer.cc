#include "tests/servers/pg_bouncer.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::servers {
namespace {

constexpr char kProgram[] = "/usr/sbin/pgbouncer";
constexpr char kUser[] = "postgres";  // whose sockets those of the server are
constexpr char kLog[] = "pgbouncer.log";
constexpr char kConfiguration[] = "pgbouncer.ini";
constexpr auto kStartMax = std::chrono::minutes(3);
constexpr int kTryMilliseconds = 5;

}  // namespace

absl::Status PgBouncer::Available() {
  if (access(kProgram, X_OK) == 0 && (geteuid() != 0 || getpwnam(kUser) != nullptr))
    return absl::OkStatus();
  return Error(absl::StatusCode::kNotFound, "PACKAGE_MISSING",
               "there is no PgBouncer here; install Debian's package pgbouncer (tests/packages "
               "test)");
}

absl::StatusOr<std::unique_ptr<PgBouncer>> PgBouncer::Create(const PostgresServer& server,
                                                             const std::string& mode) {
  return Create(server.socket_folder(), server.port(), mode);
}

absl::StatusOr<std::unique_ptr<PgBouncer>> PgBouncer::Create(const std::string& socket_folder,
                                                             int server_port,
                                                             const std::string& mode) {
  RETURN_IF_ERROR(Available());
  ASSIGN_OR_RETURN(ServerFolder folder, ServerFolder::Make("", kUser));
  ASSIGN_OR_RETURN(ReservedPort port, ReservedPort::Take());
  std::unique_ptr<PgBouncer> made(new PgBouncer(std::move(folder), std::move(port)));
  RETURN_IF_ERROR(made->folder_.Write(
      kConfiguration,
      absl::StrCat("; Written by the tests.\n"
                   "[databases]\n* = host=",
                   socket_folder, " port=", server_port,
                   " user=hub\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ",
                   made->port_.number(), "\nunix_socket_dir =\npool_mode = ", mode,
                   "\nauth_type = any\nadmin_users = hub\nmax_client_conn = 200\n"
                   "default_pool_size = 50\n"
                   "ignore_startup_parameters = extra_float_digits,options\n")));
  RETURN_IF_ERROR(made->Start());
  RETURN_IF_ERROR(made->AwaitForwarding());
  return made;
}

absl::Status PgBouncer::Start() {
  ASSIGN_OR_RETURN(process_, folder_.Start({kProgram, folder_ / kConfiguration}, kLog, SIGKILL));
  return absl::OkStatus();
}

absl::Status PgBouncer::AwaitForwarding() {
  const auto deadline = std::chrono::steady_clock::now() + kStartMax;
  while (PQping(Uri("postgres").c_str()) != PQPING_OK) {
    const bool ended = process_->EndsWithin(kTryMilliseconds);
    if (!ended && std::chrono::steady_clock::now() < deadline) continue;
    process_->Kill();
    return Error(absl::StatusCode::kInternal, "SERVER_NOT_STARTED",
                 absl::StrCat("PgBouncer: ", process_->exit_text(), ": ", folder_.EndOf(kLog)));
  }
  return absl::OkStatus();
}

std::string PgBouncer::Uri(const std::string& database) const {
  return absl::StrCat("postgresql://hub@127.0.0.1:", port_.number(), "/", database,
                      "?connect_timeout=60");
}

}  // namespace switchboard::servers

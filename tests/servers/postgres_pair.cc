#include "tests/servers/postgres_pair.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "tests/servers/postgres_session.h"

namespace switchboard::servers {
namespace {

constexpr auto kStandbyMax = std::chrono::minutes(3);

std::string SynchronousWith(const std::string& standby) {
  return absl::StrCat("FIRST 1 (", standby, ")");
}

}  // namespace

PostgresPair::PostgresPair(std::unique_ptr<PostgresServer> a, std::unique_ptr<PostgresServer> b)
    : a_(std::move(a)), b_(std::move(b)), primary_(a_.get()), standby_(b_.get()) {}

absl::StatusOr<std::unique_ptr<PostgresPair>> PostgresPair::Create(PostgresOptions options) {
  options.name = std::string("a");  // GCC 12 warns of a plain assignment of one letter (PR 105651)
  // From the start, not once the standby is there: a setting that is changed later reaches the
  // server's processes one after the other.
  options.synchronous_standby_names = SynchronousWith("b");
  ASSIGN_OR_RETURN(std::unique_ptr<PostgresServer> a, PostgresServer::Create(std::move(options)));
  ASSIGN_OR_RETURN(std::unique_ptr<PostgresServer> b, PostgresServer::CreateStandby(*a, "b"));
  std::unique_ptr<PostgresPair> pair(new PostgresPair(std::move(a), std::move(b)));
  RETURN_IF_ERROR(pair->AwaitStandby());
  return pair;
}

// Until the primary counts on the standby.
absl::Status PostgresPair::AwaitStandby() {
  ASSIGN_OR_RETURN(PostgresSession session, PostgresSession::Open(primary_->Uri()));
  const auto deadline = std::chrono::steady_clock::now() + kStandbyMax;
  std::string state;
  while (state != "sync") {
    if (std::chrono::steady_clock::now() > deadline) {
      return Error(absl::StatusCode::kDeadlineExceeded, "STANDBY_BEHIND",
                   absl::StrCat("PostgreSQL: the standby is '", state, "'"));
    }
    // The server waits between two looks, and so does this.
    ASSIGN_OR_RETURN(state, session.Value("SELECT sync_state FROM pg_stat_replication, "
                                          "pg_sleep(0.005) WHERE application_name = $1",
                                          {standby_->name()}));
  }
  return absl::OkStatus();
}

std::string PostgresPair::Uri(const std::string& database, Way way) const {
  return PostgresServer::Uri({a_.get(), b_.get()}, database, way);
}

absl::StatusOr<std::string> PostgresPair::CreateDatabase(const std::string& name, Way way) {
  RETURN_IF_ERROR(primary_->CreateDatabase(name).status());
  return Uri(name, way);
}

absl::Status PostgresPair::Promote() {
  if (primary_->Running()) {
    return Error(absl::StatusCode::kFailedPrecondition, "PRIMARY_RUNS",
                 "PostgreSQL: the primary runs; two that can be written would part for ever");
  }
  RETURN_IF_ERROR(standby_->Promote());
  std::swap(primary_, standby_);
  return absl::OkStatus();
}

absl::Status PostgresPair::Rejoin() {
  RETURN_IF_ERROR(standby_->Follow(*primary_));
  {
    ASSIGN_OR_RETURN(PostgresSession session, PostgresSession::Open(primary_->Uri()));
    RETURN_IF_ERROR(session
                        .Run(absl::StrCat("ALTER SYSTEM SET synchronous_standby_names = '",
                                          SynchronousWith(standby_->name()), "'"))
                        .status());
    RETURN_IF_ERROR(session.Run("SELECT pg_reload_conf()").status());
  }
  RETURN_IF_ERROR(AwaitStandby());
  ASSIGN_OR_RETURN(PostgresSession session, PostgresSession::Open(primary_->Uri()));
  // The process that makes commits wait reads the setting before it does this.
  return session.Run("CHECKPOINT").status();
}

}  // namespace switchboard::servers

#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/servers/postgres_server.h"

namespace switchboard::servers {

// Two servers, "a" and "b": a primary, and a standby that has every commit before it is
// acknowledged. What an operator or a watchdog would do when one fails is a call here; nothing
// happens by itself. On two idle cores Create takes 1.4 s, Promote 0.1 s, Rejoin 0.6 s.
//
// Thread-compatible, as PostgresServer.
class PostgresPair {
 public:
  // "a" is the primary. Name and synchronous_standby_names of the options are the pair's own.
  // Errors: as PostgresServer.
  static absl::StatusOr<std::unique_ptr<PostgresPair>> Create(PostgresOptions options = {});

  // The one that was promoted last; it may be dead. Starting a former primary beside it makes two
  // that can be written: PostgreSQL fences nothing.
  PostgresServer& primary() { return *primary_; }
  PostgresServer& standby() { return *standby_; }

  // Leads to whichever can be written; connecting fails while none can. Stays the same for ever.
  std::string Uri(const std::string& database = "postgres", Way way = Way::kSocket) const;

  // A new database on the primary; the pair's URI of it. Errors: as PostgresSession.
  absl::StatusOr<std::string> CreateDatabase(const std::string& name, Way way = Way::kSocket);

  // After the primary was killed or stopped: the standby takes over, and the two change names here.
  // From now until Rejoin commits are on one server only. Errors: FAILED_PRECONDITION,
  // PRIMARY_RUNS; as PostgresServer.
  absl::Status Promote();

  // The former primary comes back as synchronous standby, less what it alone had written. From then
  // on commits are on both again. Errors: as PostgresServer; DEADLINE_EXCEEDED, STANDBY_BEHIND
  // after three minutes.
  absl::Status Rejoin();

 private:
  PostgresPair(std::unique_ptr<PostgresServer> a, std::unique_ptr<PostgresServer> b);

  absl::Status AwaitStandby();

  const std::unique_ptr<PostgresServer> a_;
  const std::unique_ptr<PostgresServer> b_;  // goes first: it uses files of a
  PostgresServer* primary_;
  PostgresServer* standby_;
};

}  // namespace switchboard::servers

#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/demo/evidence/work_folder.h"
#include "tests/servers/postgres_pair.h"

namespace switchboard::demo {

// The PostgreSQL servers of a run: a primary, and a standby that has every commit before it is
// acknowledged, in private folders of the work folder. They wait for the disk as servers in use do.
// They and their data disappear with the object, whatever becomes of this process; their logs go
// to the folder "database". Keep it in one thread, see PostgresServer.
class DatabaseServers {
 public:
  // Starts both, with an empty database for the hubs. As root, PostgreSQL runs as the user that its
  // package brings, who must be able to pass through everything above the work folder. `folder`
  // outlives this. Errors: as PostgresPair, among them NOT_FOUND, PACKAGE_MISSING;
  // FAILED_PRECONDITION, FOLDER_NOT_PASSABLE; INVALID_ARGUMENT, FOLDER_PATH_TOO_LONG.
  static absl::StatusOr<std::unique_ptr<DatabaseServers>> Start(const WorkFolder& folder);
  ~DatabaseServers();
  DatabaseServers(const DatabaseServers&) = delete;
  DatabaseServers& operator=(const DatabaseServers&) = delete;

  // What the hubs connect with: leads to the primary, whichever it is.
  const std::string& url() const { return url_; }
  std::string primary() const { return pair_->primary().name(); }
  pid_t primary_pid() const { return pair_->primary().pid(); }

  // SIGKILL to all processes of the primary at one moment.
  void KillPrimary() { pair_->primary().Kill(); }
  // The standby takes over; commits are on one server only from now on. Errors: as PostgresPair.
  absl::Status Promote() { return pair_->Promote(); }
  // The old primary comes back as standby; commits are on both again. Errors: as PostgresPair.
  absl::Status Rejoin() { return pair_->Rejoin(); }

  // Errors: INTERNAL, PROCESS_ENDED when the primary ended by itself.
  absl::Status CheckAlive();

 private:
  DatabaseServers(const WorkFolder& folder, std::unique_ptr<servers::PostgresPair> pair)
      : folder_(folder), pair_(std::move(pair)) {}

  const WorkFolder& folder_;
  const std::unique_ptr<servers::PostgresPair> pair_;
  std::string url_;
};

}  // namespace switchboard::demo

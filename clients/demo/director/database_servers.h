#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/demo/evidence/work_folder.h"
#include "tests/servers/patroni_cluster.h"
#include "tests/servers/postgres_pair.h"

namespace switchboard::demo {

// Who brings the standby in when the primary is gone.
enum class FailOver {
  kByHand,   // the director
  kPatroni,  // the servers' own Patroni, with etcd; a PgBouncer stands before each server
};

// The PostgreSQL servers of a run: a primary, and a standby that has every commit before it is
// acknowledged, in private folders of the work folder. They wait for the disk as servers in use do.
// They and their data disappear with the object, whatever becomes of this process; their logs go
// to the folder "database". Keep it in one thread, see PostgresServer.
class DatabaseServers {
 public:
  // Starts both, with an empty database for the hubs. As root, PostgreSQL runs as the user that its
  // package brings, who must be able to pass through everything above the work folder. `folder`
  // outlives this. Errors: as PostgresPair or PatroniCluster, among them NOT_FOUND,
  // PACKAGE_MISSING; FAILED_PRECONDITION, FOLDER_NOT_PASSABLE; INVALID_ARGUMENT,
  // FOLDER_PATH_TOO_LONG.
  static absl::StatusOr<std::unique_ptr<DatabaseServers>> Start(const WorkFolder& folder,
                                                                FailOver fail_over);
  ~DatabaseServers();
  DatabaseServers(const DatabaseServers&) = delete;
  DatabaseServers& operator=(const DatabaseServers&) = delete;

  // What the hubs connect with: leads to the primary, whichever it is.
  const std::string& url() const { return url_; }
  // Since Start or the last AwaitPromotion.
  std::string primary() const;
  pid_t primary_pid() const;
  FailOver fail_over() const {
    return cluster_ == nullptr ? FailOver::kByHand : FailOver::kPatroni;
  }

  // SIGKILL to all processes of the primary at one moment, Patroni among them.
  void KillPrimary();
  // Returns when the standby has taken over, which takes Patroni some 20 s: the lease of the one
  // that is gone has to end. Commits are on one server only from now on. Errors: as PostgresPair or
  // PatroniCluster.
  absl::Status AwaitPromotion();
  // The old primary comes back as standby; commits are on both again. Errors: the same.
  absl::Status Rejoin();

  // Errors: INTERNAL, PROCESS_ENDED when the primary ended by itself.
  absl::Status CheckAlive();

 private:
  explicit DatabaseServers(const WorkFolder& folder) : folder_(folder) {}
  absl::Status StartPair();
  absl::Status StartCluster();

  const WorkFolder& folder_;
  std::unique_ptr<servers::PostgresPair> pair_;       // by hand
  std::unique_ptr<servers::PatroniCluster> cluster_;  // with Patroni
  servers::PatroniNode* primary_ = nullptr;           // of the cluster
  std::string url_;
};

}  // namespace switchboard::demo

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

// Three real members of etcd, so that one may be killed and two agree on the next leader: within
// two seconds, for they beat every 100 ms and wait for a beat a second. They
// speak the old protocol as well, version 2. In a temporary folder, on
// free ports of 127.0.0.1, without TLS; ends as PostgresServer does. Two idle cores take 1.6 s for
// Create. Thread-compatible, see ChildProcess.
class EtcdCluster {
 public:
  static constexpr size_t kMembers = 3;

  // Whether the program is there. Errors: NOT_FOUND, PACKAGE_MISSING, naming Debian's package.
  static absl::Status Available();

  // Returns when they have a leader. Errors: as Available, ServerFolder and ReservedPort; INTERNAL
  // or DEADLINE_EXCEEDED, SERVER_NOT_STARTED with the end of a log.
  static absl::StatusOr<std::unique_ptr<EtcdCluster>> Create(const std::string& parent_folder = "");

  EtcdCluster(const EtcdCluster&) = delete;
  EtcdCluster& operator=(const EtcdCluster&) = delete;

  // Where a member listens to clients: "127.0.0.1:<port>". Stays its own over Kill and Start.
  std::string address(size_t member) const { return members_[member].client.address(); }

  // Which member says that it leads. Errors: UNAVAILABLE, NO_LEADER: none does just now.
  absl::StatusOr<size_t> Leader() const;
  // Waits for one, up to a minute. Errors: DEADLINE_EXCEEDED, NO_LEADER.
  absl::StatusOr<size_t> AwaitLeader();

  // SIGKILL.
  void Kill(size_t member) { members_[member].process->Kill(); }
  // Starts a member that was killed, and does not wait for it. Errors: as ServerFolder::Start.
  absl::Status Start(size_t member);

  // Errors: INTERNAL, PROCESS_ENDED when a member has ended that nobody had killed, or one that
  // was killed and not started again.
  absl::Status CheckAlive();

 private:
  struct Member {
    ReservedPort client;
    ReservedPort peer;
    std::optional<ChildProcess> process{};  // there after Create
  };

  EtcdCluster(ServerFolder folder, std::vector<Member> members)
      : folder_(std::move(folder)), members_(std::move(members)) {}

  const ServerFolder folder_;
  std::vector<Member> members_;
};

}  // namespace switchboard::servers

#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/servers/etcd_cluster.h"
#include "tests/servers/pg_bouncer.h"
#include "tests/servers/process_tree.h"
#include "tests/servers/relay.h"
#include "tests/servers/reserved_port.h"
#include "tests/servers/server_folder.h"

namespace switchboard::servers {

struct PatroniOptions {
  std::string parent_folder{};  // as PostgresOptions
  bool fsync = false;           // as PostgresOptions
  // Clients go through a PgBouncer in session mode before each server.
  bool poolers = false;
};

// What two nodes share.
struct PatroniSecrets {
  std::string superuser;    // of "hub"
  std::string replication;  // of "standby"
};

// One PostgreSQL server and the Patroni that runs it, in a temporary folder of their own. Clients
// come to its socket, or to the pooler before it. To the other node and to etcd it gets over wires
// that can be cut, and the other one to it: a network of its own. Thread-compatible, see
// ProcessTree.
class PatroniNode {
 public:
  // Takes folder, ports and wires; starts nothing. `etcd` outlives this. Errors: as ServerFolder
  // and ReservedPort; INVALID_ARGUMENT, FOLDER_PATH_TOO_LONG: its socket's path would be too long.
  static absl::StatusOr<std::unique_ptr<PatroniNode>> Make(const std::string& name,
                                                           const PatroniOptions& options,
                                                           const PatroniSecrets& secrets,
                                                           const EtcdCluster& etcd);
  ~PatroniNode() { Kill(); }
  PatroniNode(const PatroniNode&) = delete;
  PatroniNode& operator=(const PatroniNode&) = delete;

  // Starts Patroni, which does the rest; does not wait for it. REQUIRES: nothing of it runs.
  // Errors: as ServerFolder::Start.
  absl::Status Start();
  bool Running() { return tree_.has_value() && tree_->Running(); }
  absl::Status Ended() const { return tree_->Ended("Patroni " + name_); }

  // All of these: Patroni and all processes of PostgreSQL at one moment.
  // SIGKILL; nothing of it is left but files.
  void Kill();
  // SIGSTOP: who is connected stays so, and hears nothing.
  void Freeze();
  // SIGCONT.
  void Thaw();

  // Starts a PgBouncer in session mode before the server, on the same host: from now on it is
  // killed, frozen and started with everything else. REQUIRES: it serves. Errors: as PgBouncer.
  absl::Status StartPooler();
  // Null without.
  const PgBouncer* pooler() const { return pooler_.get(); }

  // Waits until nothing of it runs, up to `milliseconds`; how a loop waits between two looks.
  bool EndsWithin(int milliseconds) { return tree_->EndsWithin(milliseconds); }

  // What its wires do, see Relay. Clients are not behind them.
  void FreezeWiresToEtcd();
  void FreezeWiresFromTheOther();
  void MendWires();

  // What Patroni says, a second old at most while it can reach etcd: whether it has the lease and
  // takes writes; whether every commit waits for this one; whether there is one for which it waits.
  // False when it says nothing within two seconds.
  bool IsPrimary() const;
  bool IsSynchronousStandby() const;
  bool SeesSynchronousStandby() const;

  const std::string& name() const { return name_; }
  const std::string& socket_folder() const { return folder_.path(); }
  int port() const { return postgres_.number(); }
  // Of Patroni, or of the keeper above it.
  pid_t pid() const { return tree_.has_value() ? tree_->pid() : -1; }
  // One URI of this server alone, over its socket.
  std::string Uri(const std::string& database) const;
  std::string log_file() const { return folder_ / "patroni.log"; }
  std::string EndOfLog() const { return folder_.EndOf("patroni.log"); }

 private:
  // A port behind a wire.
  struct Wire {
    ReservedPort port;
    std::unique_ptr<Relay> relay;
  };

  PatroniNode(std::string name, PatroniOptions options, PatroniSecrets secrets, ServerFolder folder,
              ReservedPort postgres, ReservedPort rest)
      : name_(std::move(name)),
        options_(std::move(options)),
        secrets_(std::move(secrets)),
        folder_(std::move(folder)),
        postgres_(std::move(postgres)),
        rest_(std::move(rest)) {}

  absl::StatusOr<std::string> Lay(const std::string& target);
  std::string Configuration(const std::string& programs) const;
  bool Says(const std::string& path, const std::string& text) const;

  const std::string name_;
  const PatroniOptions options_;
  const PatroniSecrets secrets_;
  const ServerFolder folder_;
  const ReservedPort postgres_;  // where it listens
  const ReservedPort rest_;
  std::string postgres_for_others_;  // "127.0.0.1:<port>", the ends of its wires
  std::string rest_for_others_;
  std::vector<std::string> etcd_;
  std::vector<Wire> wires_;  // the first two lead here, the others to etcd
  std::optional<ProcessTree> tree_;
  std::unique_ptr<PgBouncer> pooler_;
};

}  // namespace switchboard::servers

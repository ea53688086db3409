#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/servers/etcd_cluster.h"
#include "tests/servers/patroni_node.h"

namespace switchboard::servers {

// What operators run: two PostgreSQL servers, "a" and "b", each under a Patroni, which agree by
// etcd who may be written. Fails over by itself: 20 s after the primary's last word, when its lease
// is over, the standby takes its place, and nobody has to do anything. Every commit is on both
// before it is acknowledged, or the standby is out of the running. On two idle cores Create takes
// 9 s. Ends with the thread that made it, as ProcessTree does.
//
// Thread-compatible. URIs may be used by any thread or process of the user.
class PatroniCluster {
 public:
  // Whether the programs are there. Errors: NOT_FOUND, PACKAGE_MISSING, naming Debian's package.
  static absl::Status Available();

  // Returns when commits are on both servers. Errors: as Available, EtcdCluster, PatroniNode,
  // PgBouncer, AwaitPrimary and AwaitBoth.
  static absl::StatusOr<std::unique_ptr<PatroniCluster>> Create(PatroniOptions options = {});

  PatroniCluster(const PatroniCluster&) = delete;
  PatroniCluster& operator=(const PatroniCluster&) = delete;

  // Leads to whichever can be written, through the poolers if there are any; connecting fails while
  // none can. Stays the same for ever.
  std::string Uri(const std::string& database) const;
  // A new database; its URI. Errors: as PostgresSession.
  absl::StatusOr<std::string> CreateDatabase(const std::string& name);
  absl::Status DropDatabase(const std::string& name);

  // The node that says it has the lease; null when none does, or none says anything.
  PatroniNode* Primary();
  // Waits up to three minutes for one that is not `other`. Errors: DEADLINE_EXCEEDED, NO_PRIMARY
  // with the end of both logs.
  absl::StatusOr<PatroniNode*> AwaitPrimary(const PatroniNode* other = nullptr);
  // Waits up to three minutes until one node is the primary and the other its synchronous standby.
  // Errors: DEADLINE_EXCEEDED, STANDBY_BEHIND with the end of both logs.
  absl::Status AwaitBoth();

  PatroniNode& node(size_t place) { return *nodes_[place]; }
  PatroniNode& Other(const PatroniNode& node) { return *nodes_[&node == nodes_[0].get() ? 1 : 0]; }
  EtcdCluster& etcd() { return *etcd_; }

  // As if the standby's host were off the network: between the two nodes, and between this one and
  // etcd, nothing passes and nobody is told. MendNetwork brings all back. REQUIRES: it is node()'s.
  void CutNetwork(PatroniNode& node);
  void MendNetwork();

  // Errors: INTERNAL, PROCESS_ENDED when something has ended, whoever ended it.
  absl::Status CheckAlive();

 private:
  explicit PatroniCluster(std::unique_ptr<EtcdCluster> etcd) : etcd_(std::move(etcd)) {}
  std::string EndOfLogs() const;
  void Wait();

  const std::unique_ptr<EtcdCluster> etcd_;
  std::array<std::unique_ptr<PatroniNode>, 2> nodes_;
};

}  // namespace switchboard::servers

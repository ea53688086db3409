#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/servers/patroni_cluster.h"

namespace switchboard::crash {

// What befell the servers, and what came of it. Seconds from the fault on.
struct Fault {
  std::string name;
  double seconds_until_service = 0;  // until the hub acknowledged what was sent to it afterwards
  double seconds_until_both = 0;     // until all was mended and commits were on both servers again
  std::string primary_before;
  std::string primary_after;
};

// "primary killed: service again after 21.3 s; …".
std::string Told(const Fault& fault);

// What operators fear, brought upon servers that have to get over it by themselves. Used by one
// thread.
class Faults {
 public:
  // `answered`: how often the hub has answered its caller, of whom one call at a time is under way;
  // waits a moment before it says. An error of it ends everything. Both outlive this.
  Faults(servers::PatroniCluster& cluster, std::function<absl::StatusOr<int64_t>()> answered)
      : cluster_(cluster), answered_(std::move(answered)) {}

  // The four in turn, from 0: the primary killed, the primary frozen, etcd's leader killed, the
  // standby off the network. Returns when it has been mended. Errors: DEADLINE_EXCEEDED, NO_SERVICE
  // when the hub does not serve within three minutes; INTERNAL, WRONG_PRIMARY when another node is
  // the primary than has to be; those of PatroniCluster and `answered`.
  absl::StatusOr<Fault> Bring(uint64_t number);

 private:
  absl::Status KillPrimary(servers::PatroniNode& primary, Fault& fault);
  absl::Status FreezePrimary(servers::PatroniNode& primary, Fault& fault);
  absl::Status KillEtcdLeader(Fault& fault);
  absl::Status CutStandby(servers::PatroniNode& primary, Fault& fault);
  absl::Status AwaitService(Fault& fault);

  servers::PatroniCluster& cluster_;
  const std::function<absl::StatusOr<int64_t>()> answered_;
  int64_t from_ns_ = 0;  // of the fault
};

}  // namespace switchboard::crash

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "tests/crash_campaign/victim.h"
#include "tests/servers/patroni_cluster.h"
#include "tests/servers/postgres_pair.h"
#include "tests/servers/postgres_server.h"

namespace switchboard::crash {

inline constexpr char kTrustDomain[] = "issuer.example";

// Where switchboardd and the other programs of this build lie.
std::string FolderOfThisProgram();

// What lies around while a campaign runs: certificates, and for each round a folder with an empty
// database, the hub's configuration and everything that the processes keep. What depends on the
// storage engine is here and nowhere else.
class Stage {
 public:
  struct Options {
    std::string engine = "sqlite";  // or "postgres": a server of its own, which may be killed too
    // With postgres: a synchronous standby, which takes over whenever the primary is killed.
    bool standby = false;
    // With postgres: "patroni" runs two servers, which fail over by themselves; see Faults. Empty:
    // nobody does.
    std::string failover{};
    bool poolers = false;        // with Patroni: a PgBouncer in session mode before each server
    std::string programs;        // folder with switchboardd and crash_vendor
    std::string more_config{};   // further lines of hub.yaml
    std::string more_storage{};  // further lines of its storage, each behind two blanks
    int sqlite_cache_mib = 0;    // of hub.yaml; 0: its default
    std::string keep;  // made there and left; empty: a temporary folder, removed at the end
  };

  // Keep it in the thread that made it: the server ends with that thread.
  // Errors: INVALID_ARGUMENT, ENGINE_UNKNOWN; those of PostgresPair::Create and
  // PatroniCluster::Create; ALREADY_EXISTS,
  // FOLDER_NOT_EMPTY; UNAVAILABLE, FILE_NOT_WRITTEN; those of the authority.
  static absl::StatusOr<std::unique_ptr<Stage>> Make(Options options, Clock& clock);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // Makes the folder and the database of the next round. Errors: UNAVAILABLE, FILE_NOT_WRITTEN;
  // those of PostgresServer.
  absl::Status BeginRound(uint64_t seed);
  // Removes them, unless everything is to be kept.
  void EndRound();

  // Takes the port that the hub found when it was started first: the peers know no other, so it
  // must be the hub's in all later starts too. Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
  absl::Status FixPort();

  // Leaves everything in place, for somebody to look at.
  void Keep() { remove_ = false; }

  const std::string& path() const { return path_; }
  std::string HubFolder() const { return round_ + "/hub"; }
  // Of the one server with its data and its log; empty with SQLite, a pair or Patroni.
  std::string DatabaseFolder() const { return server_ == nullptr ? "" : server_->socket_folder(); }
  std::string VendorFolder(const std::string& vendor_id) const { return round_ + "/" + vendor_id; }
  std::string TlsOf(const std::string& peer) const { return path_ + "/tls/" + peer; }
  std::string hub_address() const;

  // What may be killed in this round. Valid until the stage goes. What the hub needs to start, in
  // this order; then the hub, then vendors.
  std::vector<std::unique_ptr<Victim>> MakeServers();
  // The servers that fail over by themselves; null where there are none.
  servers::PatroniCluster* cluster() { return cluster_.get(); }
  std::unique_ptr<Victim> MakeHub() const;
  std::unique_ptr<Victim> MakeVendor(const std::string& vendor_id) const;

 private:
  Stage(Options options, std::string path, Clock& clock)
      : options_(std::move(options)),
        path_(std::move(path)),
        remove_(options_.keep.empty()),
        clock_(clock) {}

  absl::Status StartServers();
  absl::Status MakeCertificates() const;
  absl::Status WriteHubConfig() const;
  std::string StorageYaml() const;
  std::string DatabaseName() const;
  const Options options_;
  const std::string path_;
  bool remove_;
  Clock& clock_;
  std::unique_ptr<servers::PostgresServer> server_;  // null with SQLite or a pair
  std::unique_ptr<servers::PostgresPair> pair_;      // null without a standby
  std::unique_ptr<servers::PatroniCluster> cluster_;
  std::string database_url_;  // of the round; empty with SQLite
  std::string round_;
  uint64_t seed_ = 0;  // of the round
  int port_ = 0;       // 0: not found yet
};

}  // namespace switchboard::crash

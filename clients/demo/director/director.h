#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/demo/director/database_servers.h"
#include "clients/demo/director/head_office.h"
#include "clients/demo/director/hub_processes.h"
#include "clients/demo/director/progress.h"
#include "clients/demo/evidence/evidence.h"
#include "clients/demo/evidence/hub_reader.h"
#include "clients/demo/evidence/run_result.h"
#include "clients/demo/evidence/work_folder.h"
#include "clients/demo/parties/child_status.h"
#include "clients/demo/people/population.h"
#include "hub/base/clock.h"
#include "hub/base/hub_clock.h"
#include "tests/servers/child_process.h"
#include "tests/servers/haproxy.h"

namespace switchboard::demo {

using servers::ChildProcess;

struct DirectorOptions {
  std::string programs;     // folder with switchboardd, switchboard, demo_core and demo_vendor
  std::string demo_folder;  // clients/demo
  std::string accounts_file;
  int64_t accounts = 0;
  uint64_t seed = 1;
  std::string engine = "sqlite";  // or "postgres"
  // With postgres: "by-hand", the director promotes the standby; or "patroni".
  std::string failover = "by-hand";
  int hubs = 1;
  // How everybody gets to a hub: "client", each client has the addresses of all and chooses; or
  // "proxy", each has the address of an HAProxy that passes TLS through to one of them.
  std::string balance = "client";
};

inline constexpr int kHubsMax = 5;

// Errors: INVALID_ARGUMENT, OPTION_INVALID: an engine that the hub does not have, or more hubs than
// it takes.
absl::Status CheckEngine(const std::string& engine, int hubs);

// Errors: INVALID_ARGUMENT, OPTION_INVALID for what is neither "by-hand" nor "patroni", which goes
// with engine "postgres". NOT_FOUND, PACKAGE_MISSING without Patroni, etcd or PgBouncer where it is
// asked for.
absl::Status CheckFailOver(const std::string& failover, const std::string& engine);

// Errors: INVALID_ARGUMENT, OPTION_INVALID for what is neither "client" nor "proxy"; any number of
// hubs takes either. NOT_FOUND, PACKAGE_MISSING without HAProxy where it is asked for.
absl::Status CheckBalance(const std::string& balance);

// Runs the demo: starts every process, decides as head office on the plans that wait for it, kills
// one vendor, the primary of the database where there is one, and a hub in the middle of the work,
// starts them again, has a contract released that shows less between, waits until nothing is left
// to do, and reads what everybody has to say. Ends every process it started, whatever happens. One
// thread.
//
// Errors: ABORTED, INTERRUPTED after SIGINT or SIGTERM; INTERNAL,
// PROCESS_ENDED when a process ended that should not have; DEADLINE_EXCEEDED, NO_PROGRESS when
// nothing moved for two minutes; those of DatabaseServers and HaProxy.
// REQUIRES: CheckEngine, CheckFailOver, CheckBalance.
class Director {
 public:
  // All references must outlive the director.
  Director(DirectorOptions options, const Population& population, WorkFolder& folder,
           Progress& progress, Clock& clock);

  // From the first process to the last. `result` gets what the director knows itself: kills,
  // seconds.
  absl::StatusOr<Evidence> Run(RunResult* result);

 private:
  // A vendor or the core, and how to start it again.
  struct Actor {
    std::string name;
    std::vector<std::string> command;
    std::optional<ChildProcess> process;
    ChildStatus status;  // of the process that runs now; empty until it has said something
  };
  // What happens once so many outcomes are there, or nothing is left to do.
  struct Act {
    int64_t at_outcomes;
    absl::Status (Director::*run)(RunResult*);
  };

  absl::Status StartHubs();
  absl::Status StartProxy();
  absl::Status StartActors();
  absl::Status Start(Actor& actor);
  absl::CivilDay Today() const;
  std::vector<Act> DrawActs() const;
  absl::Status Work(RunResult* result);
  absl::Status Look();
  absl::Status CheckAlive();
  absl::Status CheckMoving();
  absl::Status KillVendor(RunResult* result);
  absl::Status KillHub(RunResult* result);
  absl::Status KillDatabase(RunResult* result);
  absl::Status Tighten(RunResult* result);
  // By the word of two operators; the version that it is then.
  absl::StatusOr<int64_t> PutInForce(Tightening& tightening);
  // What `switchboard contract …` prints to the second operator.
  absl::StatusOr<std::string> Print(const std::vector<std::string>& words);
  template <typename Ask>
  std::invoke_result_t<Ask> AskUntilAnswered(const Ask& ask);
  absl::Status WaitUntilServing(const std::vector<const Actor*>& cut);
  absl::Status WaitUntilCommitting();
  absl::StatusOr<size_t> PickHub(std::vector<const Actor*>* streaming);
  std::set<std::string> ShownByHubs() const;
  Actor* PickVendor();
  bool Drained() const;
  int64_t Outcomes() const;
  int64_t Written() const;
  std::string Standing() const;
  absl::Status StopActors();
  absl::StatusOr<Evidence> Collect();
  absl::Status AskThrough(std::map<std::string, int64_t>& through);

  const DirectorOptions options_;
  const Population& population_;
  WorkFolder& folder_;
  Progress& progress_;
  Clock& clock_;
  Rehearsal day_;  // from the start of the hubs on

  // In the order in which they start; they end the other way round.
  std::unique_ptr<DatabaseServers> database_;  // null with SQLite
  std::optional<HubProcesses> hubs_;
  std::unique_ptr<servers::HaProxy> proxy_;  // null where clients choose
  std::vector<std::string> addresses_;       // that everybody gets
  std::unique_ptr<HubReader> reader_;
  std::optional<HeadOffice> head_office_;
  std::vector<Actor> vendors_;
  Actor core_;
  std::map<std::string, v1::ListVendorsResponse::Vendor> seen_;  // what a hub said last
  int64_t answers_ = 0;                                          // how often one said it
  std::vector<Outage> outages_;
  std::optional<Tightening> tightening_;
  std::string standing_;  // to see whether anything moves
  int64_t moved_ns_ = 0;
};

}  // namespace switchboard::demo

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/demo/director/progress.h"
#include "hub/base/clock.h"
#include "tests/crash_campaign/core_record.h"
#include "tests/crash_campaign/counts.h"
#include "tests/crash_campaign/faults.h"
#include "tests/crash_campaign/stage.h"
#include "tests/crash_campaign/victim.h"
#include "tests/invariants/invariants.h"
#include "tests/simulation/options.h"

namespace switchboard::crash {

struct RoundResult {
  std::map<std::string, int64_t> kills;  // by victim
  int64_t kills_while_starting = 0;      // of these
  std::vector<int64_t> starts_ns;        // of the hub: from its start until it served
  Counts counts;
  std::vector<Fault> faults;  // where the database fails over by itself
  int64_t audit_entries = 0;
  // By invariant, those that hold included; "Answers" for what a party may never hear.
  std::vector<std::pair<std::string, invariants::Violations>> violations;

  bool holds() const;
};

// One round: a fresh database, load, kills at moments drawn from the seed, rest, judgement. Where
// the database fails over by itself, faults in their order instead of kills.
class Round {
 public:
  struct Options {
    uint64_t seed = 1;
    int64_t kills = 25;
    // Called in their place with the hub's process; what it returns ends the load, or the round.
    std::function<absl::Status(pid_t hub)> instead_of_kills{};
  };

  // All references must outlive the round. One thread for all rounds of a stage.
  Round(Stage& stage, const Options& options, demo::Progress& progress, Clock& clock);

  // Errors: ABORTED, INTERRUPTED after SIGINT or SIGTERM; INTERNAL, PROCESS_ENDED when a process
  // ended that nobody had killed; DEADLINE_EXCEEDED, NO_REST; those of the stage and the calls.
  absl::StatusOr<RoundResult> Run();

 private:
  absl::Status Pause(int milliseconds);
  absl::Status StartAll();
  absl::Status WaitUntilServing(Victim& victim);
  absl::Status KillUntilEnough();
  absl::Status BringFaults(const CoreRecord& record);
  absl::Status BringTrouble(CoreRecord& record);
  std::vector<Victim*> DrawVictims();
  absl::Status KillAndStart(const std::vector<Victim*>& victims);
  void Kill(Victim& victim);
  int64_t kills() const;

  Stage& stage_;
  const Options options_;
  demo::Progress& progress_;
  Clock& clock_;
  simulation::Dice dice_;
  std::vector<std::unique_ptr<Victim>> victims_;  // the hub first, then the vendors
  size_t vendors_from_ = 0;                       // their place among the victims
  RoundResult result_;
};

}  // namespace switchboard::crash

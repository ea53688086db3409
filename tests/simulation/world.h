#pragma once

#include <set>
#include <string>
#include <vector>

#include "hub/base/clock.h"
#include "hub/base/ids.h"
#include "tests/invariants/invariants.h"
#include "tests/simulation/hub_process.h"
#include "tests/simulation/network.h"
#include "tests/simulation/options.h"
#include "tests/simulation/scenery.h"

namespace switchboard::simulation {

// What all parties of a run share. Parties talk to each other through the network only; the ledger
// is where the run writes down what each was told.
struct World {
  World(const Options& of_run, const std::string& folder_of_run)
      : options(of_run),
        folder(folder_of_run),
        dice(of_run.seed),
        party_ids(clock, of_run.seed + 1),
        network(dice, options.faults),
        hub(folder, clock, dice, options.faults, Forgets() ? ShortMemory() : retention::Policy()) {}

  // In every second run the hub erases what is old.
  bool Forgets() const { return options.seed % 2 == 0; }

  bool Fault(double probability) { return !calm && dice.Chance(probability); }
  bool Planted(Mistake mistake) const { return options.mistake == mistake; }
  // Something that no party may ever hear or see.
  void Accuse(std::string what) { accusations.push_back(std::move(what)); }
  // Statuses that mean that the hub broke, whoever called it.
  void Judge(const absl::Status& status) {
    if (status.code() == absl::StatusCode::kInternal ||
        status.code() == absl::StatusCode::kDataLoss ||
        status.code() == absl::StatusCode::kUnknown ||
        status.code() == absl::StatusCode::kAlreadyExists) {
      Accuse("a caller heard " + status.ToString());
    }
  }

  const Options options;
  const std::string folder;
  Dice dice;
  ManualClock clock;
  IdMint party_ids;  // of vendors and the core
  Network network;
  HubProcess hub;
  invariants::Ledger ledger;
  int64_t step = 0;
  // A place on a scale that every party shares; never the same twice.
  int64_t Moment() { return ++moments; }
  int64_t moments = 0;
  bool calm = false;
  std::set<std::string> assignment_ids;  // seen by anybody: vendors try those of others
  invariants::Violations accusations;
};

}  // namespace switchboard::simulation

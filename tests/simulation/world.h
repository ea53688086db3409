#pragma once

#include <algorithm>
#include <map>
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
        land(LandOf(of_run)),
        dice(of_run.seed),
        core_skew(absl::Seconds(25 * (dice.Below(5) - 2))),
        party_ids(clock, of_run.seed + 1),
        network(dice, options.faults),
        hub(folder, clock, dice, options.faults, Forgets() ? ShortMemory() : retention::Policy(),
            PromisePolicyOf(of_run)) {
    if (Planted(Mistake::kLooseMask)) hub.planted_masks = MaskNothing;
    if (Planted(Mistake::kResealForgetsATable)) hub.planted_forgotten_table = "person.box";
    if (Planted(Mistake::kUnboundWrite)) hub.planted_unbound_write = kUnboundWrite;
    hub.planted_takes_any_word = Planted(Mistake::kForgedConfirmationTaken);
  }

  // Of a row that hardly anybody writes again.
  static constexpr char kUnboundWrite[] =
      "UPDATE contract SET release_time = release_time + 1 WHERE version = 1";

  // In every second run the hub erases what is old.
  bool Forgets() const { return options.seed % 2 == 0; }

  bool Fault(double probability) { return !calm && dice.Chance(probability); }
  bool Planted(Mistake mistake) const { return options.mistake == mistake; }
  // The issuer's own clock, which is up to a minute off the hub's and never stands still for long.
  absl::Time CoreNow() {
    core_now = std::max(core_now, clock.Now() + core_skew);
    if (dice.Chance(0.5)) core_now += absl::Microseconds(1);
    return core_now;
  }
  // The core sends what lifts this stop, whether or not anybody knows of it yet.
  void LiftSent(const std::string& stop_id) {
    const int64_t now = Moment();
    if (!lifts_sent.emplace(stop_id, now).second) return;
    for (auto& stop : ledger.stops) {
      if (stop.event_id == stop_id) stop.lift_sent_at = std::min(stop.lift_sent_at, now);
    }
  }
  // The moment when that was sent first.
  int64_t LiftSentAt(const std::string& stop_id) const {
    const auto found = lifts_sent.find(stop_id);
    return found == lifts_sent.end() ? INT64_MAX : found->second;
  }
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
  const Land land;
  Dice dice;
  ManualClock clock;
  const absl::Duration core_skew;
  IdMint party_ids;  // of vendors and the core
  Network network;
  HubProcess hub;
  invariants::Ledger ledger;
  int64_t step = 0;
  // A place on a scale that every party shares; never the same twice.
  int64_t Moment() { return ++moments; }
  int64_t moments = 0;
  bool calm = false;
  int64_t overtaken = 0;  // withdrawals that vendors had ahead of the feed
  absl::Time core_now = absl::InfinitePast();
  std::map<std::string, int64_t> lifts_sent;  // moment by stop
  std::vector<std::string> outcome_stop_ids;  // as the core was told
  std::set<std::string> assignment_ids;       // seen by anybody: vendors try those of others
  std::set<absl::Time> turns;  // when versions of the run's pack begin and end, and plans' parts
  invariants::Violations accusations;
  invariants::Violations log_findings;  // what in the log, or in the rows, is not as it should be
};

}  // namespace switchboard::simulation
